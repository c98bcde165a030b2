package dev.chatgate.aws.tenant;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantIndex;
import dev.chatgate.tenant.TenantIndex.Login;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The item of the Tenants table that holds the {@link TenantIndex}: {@code pk = index, sk = index}.
 * {@link #ANY_KEY_FORM} is a boolean. Each issuer and audience has an attribute of its own, so that
 * a tenant claims it by a conditional write: {@code login#HASH}, a map of {@link #ISSUER}, {@link
 * #AUDIENCE} and {@link #TENANT}.
 */
public final class IndexItem {
  /** The primary key of the item. */
  public static final Map<String, AttributeValue> KEY =
      Map.of(
          Tables.HASH_KEY, AttributeValue.fromS("index"),
          Tables.RANGE_KEY, AttributeValue.fromS("index"));

  /** Whether tenant keys may have any form; absent means that they may. */
  public static final String ANY_KEY_FORM = "any_key_form";

  /** The issuer in an attribute of a login: a string. */
  public static final String ISSUER = "issuer";

  /** The audience in an attribute of a login: a string. */
  public static final String AUDIENCE = "audience";

  /** The name of the login's tenant: a string. */
  public static final String TENANT = "tenant";

  private static final String LOGIN = "login#";

  private IndexItem() {}

  /** The name of the attribute of a login: its length does not depend on what it holds. */
  public static String attributeOf(Login login) {
    var text = login.issuer().length() + ":" + login.issuer() + login.audience();
    return LOGIN + KeyHash.of(text).hex();
  }

  /** The value of the attribute of a login. */
  public static AttributeValue value(Login login, TenantId tenant) {
    return AttributeValue.fromM(
        Map.of(
            ISSUER, AttributeValue.fromS(login.issuer()),
            AUDIENCE, AttributeValue.fromS(login.audience()),
            TENANT, AttributeValue.fromS(tenant.value())));
  }

  /**
   * Reads the item.
   *
   * @param item empty if there is none
   * @throws dev.chatgate.StoreUnavailableException if it has a critical attribute that is not known
   */
  public static TenantIndex read(Map<String, AttributeValue> item) {
    if (item.isEmpty()) {
      return TenantIndex.ABSENT;
    }
    Critical.requireKnown(item, IndexItem::isKnown, "the index of credentials");
    var logins = new HashMap<Login, TenantId>();
    item.forEach((name, value) -> {
      if (name.startsWith(LOGIN)) {
        var login = value.m();
        logins.put(
            new Login(TenantItem.string(login, ISSUER), TenantItem.string(login, AUDIENCE)),
            new TenantId(TenantItem.string(login, TENANT)));
      }
    });
    var anyForm = item.get(ANY_KEY_FORM);
    return new TenantIndex(logins, anyForm == null || anyForm.bool());
  }

  private static boolean isKnown(String name) {
    return name.equals(Tables.HASH_KEY)
        || name.equals(Tables.RANGE_KEY)
        || name.equals(ANY_KEY_FORM)
        || name.equals(Critical.NAME)
        || name.startsWith(LOGIN);
  }
}
