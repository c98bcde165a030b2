package dev.chatgate.admin;

import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantIndex.Login;
import java.util.LinkedHashSet;
import java.util.Set;

/** The issuers of a tenant as pairs of issuer and audience, each of which one tenant can have. */
final class Logins {
  private Logins() {}

  static Set<Login> of(Tenant tenant) {
    var logins = new LinkedHashSet<Login>();
    for (var issuer : tenant.issuers()) {
      issuer.audiences().forEach(audience -> logins.add(new Login(issuer.issuer(), audience)));
    }
    return logins;
  }
}
