package dev.chatgate.identity.keyset;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells the addresses of the public internet from those of a machine, a network or a cloud, which
 * an issuer must not lead us to. The ranges are those that IANA's registries of special-purpose
 * addresses (RFC 6890) do not call globally reachable, and those that contain another address.
 */
final class PublicAddress {
  private static final List<Range> REFUSED_V4 =
      List.of(
          // "This network" (RFC 791), private use (RFC 1918), shared (RFC 6598), loopback.
          Range.v4("0.0.0.0", 8),
          Range.v4("10.0.0.0", 8),
          Range.v4("100.64.0.0", 10),
          Range.v4("127.0.0.0", 8),
          // Link-local: the metadata of cloud machines.
          Range.v4("169.254.0.0", 16),
          Range.v4("172.16.0.0", 12),
          // IETF protocols, documentation (RFC 5737), 6to4 relays (RFC 7526).
          Range.v4("192.0.0.0", 24),
          Range.v4("192.0.2.0", 24),
          Range.v4("192.88.99.0", 24),
          Range.v4("192.168.0.0", 16),
          // Benchmarks (RFC 2544), documentation.
          Range.v4("198.18.0.0", 15),
          Range.v4("198.51.100.0", 24),
          Range.v4("203.0.113.0", 24),
          // Multicast, reserved, broadcast.
          Range.v4("224.0.0.0", 4),
          Range.v4("240.0.0.0", 4));

  /**
   * All that is assigned for the public internet (RFC 4291). Outside of it are the unspecified
   * address, loopback, IPv4-compatible, unique-local, link-local, site-local and multicast
   * addresses.
   */
  private static final Range GLOBAL_V6 = new Range("2000", 3);

  private static final List<Range> REFUSED_V6 =
      List.of(
          // IETF protocols, Teredo (RFC 4380) and benchmarks among them.
          new Range("2001", 23),
          // Documentation (RFC 3849, RFC 9637).
          new Range("20010db8", 32),
          new Range("3fff", 20),
          // 6to4 (RFC 3056): contains an IPv4 address.
          new Range("2002", 16));

  /** IPv4-mapped (RFC 4291, section 2.5.5.2) and NAT64 (RFC 6052): the last four bytes are IPv4. */
  private static final List<Range> CONTAIN_V4 =
      List.of(new Range("00000000000000000000ffff", 96), new Range("0064ff9b0000000000000000", 96));

  private PublicAddress() {}

  /** Whether an address is one of the public internet. */
  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return isPublicV4(bytes);
    }
    if (isIn(CONTAIN_V4, bytes)) {
      return isPublicV4(Arrays.copyOfRange(bytes, 12, 16));
    }
    return GLOBAL_V6.contains(bytes) && !isIn(REFUSED_V6, bytes);
  }

  private static boolean isPublicV4(byte[] bytes) {
    return !isIn(REFUSED_V4, bytes);
  }

  private static boolean isIn(List<Range> ranges, byte[] address) {
    return ranges.stream().anyMatch(range -> range.contains(address));
  }

  /** The addresses that begin with the same bits. */
  private static final class Range {
    private final byte[] prefix;
    private final int bits;

    /**
     * @param hex the first bytes, as many as the bits need or fewer: the rest is 0
     */
    Range(String hex, int bits) {
      this(HexFormat.of().parseHex(hex), bits);
    }

    private Range(byte[] prefix, int bits) {
      this.prefix = Arrays.copyOf(prefix, 16);
      this.bits = bits;
    }

    static Range v4(String address, int bits) {
      return new Range(InetAddress.ofLiteral(address).getAddress(), bits);
    }

    boolean contains(byte[] address) {
      int whole = bits / 8;
      int shift = 8 - bits % 8;
      return Arrays.equals(address, 0, whole, prefix, 0, whole)
          && (shift == 8 || (address[whole] & 0xFF) >> shift == (prefix[whole] & 0xFF) >> shift);
    }
  }
}
