package dev.chatgate.identity.keyset;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressTest {
  private static boolean isPublic(String literal) {
    return PublicAddress.isPublic(InetAddress.ofLiteral(literal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0.0.0",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2000::1",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2003::1",
        "2600:1f18::1",
        "3ffe:ffff::1",
        "3fff:1000::1",
        "64:ff9b::8.8.8.8",
        "::ffff:8.8.8.8"
      })
  void anAddressOfThePublicInternetIsAllowed(String literal) {
    assertTrue(isPublic(literal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255"
      })
  void anIpv4AddressOfAMachineOrNetworkIsRefusedInEveryForm(String literal)
      throws UnknownHostException {
    assertFalse(isPublic(literal));
    assertFalse(isPublic("::ffff:" + literal));
    assertFalse(isPublic("::" + literal));
    assertFalse(isPublic("64:ff9b::" + literal));
    assertFalse(isPublic("64:ff9b:1::" + literal));
    byte[] v4 = InetAddress.ofLiteral(literal).getAddress();
    var hex = HexFormat.of().formatHex(v4);
    var groups = hex.substring(0, 4) + ":" + hex.substring(4);
    assertFalse(isPublic("2002:" + groups + "::1"));
    assertFalse(isPublic("2001:0:" + groups + "::1"));
    // The JDK makes an IPv4 address of the mapped form, unless it is told not to.
    byte[] mapped = HexFormat.of().parseHex("00000000000000000000ffff" + hex);
    assertFalse(PublicAddress.isPublic(Inet6Address.getByAddress(null, mapped, -1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::",
        "::1",
        "::8.8.8.8",
        "100::1",
        "64:ff9b:0:1::8.8.8.8",
        "64:ff9b:1::8.8.8.8",
        "1fff::1",
        "2001::1",
        "2001:1ff:ffff::1",
        "2001:2::1",
        "2001:db8::1",
        "2001:db8:ffff::1",
        "2002:808:808::1",
        "3fff::1",
        "3fff:fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void anIpv6AddressOutsideOfThePublicInternetIsRefused(String literal) {
    assertFalse(isPublic(literal));
  }

  @Test
  void aScopeDoesNotMakeAnAddressPublic() throws UnknownHostException {
    byte[] linkLocal = InetAddress.ofLiteral("fe80::1").getAddress();
    assertFalse(PublicAddress.isPublic(Inet6Address.getByAddress(null, linkLocal, 1)));
  }
}
