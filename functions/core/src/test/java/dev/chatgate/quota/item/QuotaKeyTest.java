package dev.chatgate.quota.item;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuotaKeyTest {
  private static final TenantId ACME = new TenantId("acme");

  @Test
  void bothFormsAreReadAgain() {
    var tenant = QuotaKey.of(ACME);
    var endUser = QuotaKey.of(ACME, new EndUser("ann"));
    assertEquals("acme#0", tenant.toString());
    assertTrue(endUser.toString().matches("acme#0#[0-9a-f]{16}"), endUser.toString());
    assertEquals(Optional.of(tenant), QuotaKey.parse(tenant.toString()));
    assertEquals(Optional.of(endUser), QuotaKey.parse(endUser.toString()));
    assertFalse(tenant.isOfEndUser());
    assertTrue(endUser.isOfEndUser());
    assertEquals(Optional.of(new QuotaKey(ACME, 3)), QuotaKey.parse("acme#3"));
  }

  @Test
  void otherKeysAreNone() {
    for (var key :
        List.of(
            "acme", "acme#", "acme#x", "#0", "acme#0#12", "acme#0#0123456789abcdef#", "a b#0")) {
      assertEquals(Optional.empty(), QuotaKey.parse(key), key);
    }
  }
}
