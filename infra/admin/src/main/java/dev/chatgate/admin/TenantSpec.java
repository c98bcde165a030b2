package dev.chatgate.admin;

import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A whole tenant as an operator writes it: its configuration and its keys with their secrets.
 *
 * @param tenant the configuration
 * @param keys its keys, no two with one name or one secret
 */
public record TenantSpec(Tenant tenant, List<Key> keys) {

  /**
   * One key. Its {@link #toString()} does not show the secret.
   *
   * @param name its name in the tenant, 1 to 64 characters
   * @param secret 1 to 200 visible ASCII characters
   * @param expiresAt from when on it is unknown; absent means never
   * @param scopes what it may be used for; not empty
   */
  public record Key(String name, String secret, Optional<Instant> expiresAt, Set<Scope> scopes) {
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,64}");
    private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7E]{1,200}");

    /**
     * @throws IllegalArgumentException if the name or the secret has another form, or there is no
     *     scope
     */
    public Key {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("name must be 1 to 64 characters");
      }
      if (!SECRET.matcher(secret).matches()) {
        throw new IllegalArgumentException("secret must be 1 to 200 visible ASCII characters");
      }
      if (scopes.isEmpty()) {
        throw new IllegalArgumentException("scopes must not be empty");
      }
      scopes = Set.copyOf(scopes);
    }

    /** A key with the usual scopes. */
    public Key(String name, String secret, Optional<Instant> expiresAt) {
      this(name, secret, expiresAt, Scope.DEFAULT);
    }

    @Override
    public String toString() {
      return "Key[" + name + "]";
    }
  }

  /**
   * @throws IllegalArgumentException if two keys have one name or one secret
   */
  public TenantSpec {
    keys = List.copyOf(keys);
    var names = new HashSet<String>();
    var secrets = new HashSet<String>();
    for (var key : keys) {
      if (!names.add(key.name()) || !secrets.add(key.secret())) {
        throw new IllegalArgumentException("two keys have the same name or the same secret");
      }
    }
  }
}
