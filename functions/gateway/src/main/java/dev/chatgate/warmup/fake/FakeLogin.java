package dev.chatgate.warmup.fake;

import java.util.List;

/**
 * The login of the fake backend's tenant: its key set, and tokens signed with two of its keys. The
 * private keys were thrown away. No deployment can accept the tokens: the issuer's name cannot
 * exist (RFC 6761, section 6.4).
 */
public final class FakeLogin {
  /** A token signed with RS256, and one with ES256. Both expire in the year 2100. */
  public static final List<String> TOKENS =
      List.of(
          """
          eyJraWQiOiJyc2EiLCJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmludmFsaWQiLCJhdWQiO\
          iJ3YXJtLXVwIiwic3ViIjoid2FybS11cCIsImV4cCI6NDEwMjQ0NDgwMH0.rre1asb5WYFtihRpi2bmhBz7pQB\
          Q5qALDDbiOSW-ypngmtbVNOg1hyjf3uraFD3rv8oYtYnpen1rIXFimIItMo4h8HMnsQeY7cubJwN_GE_WinNoM\
          xgrmkIhXLTFesXFXD6jmkGvl9bIs13IP57c0mtZ8TgHFMfw7rjvmHjjaZLk10XPOKccWAeEX7NFToi0JWjygfF\
          iLF7TwynqWc-9W0Mf5J5N-Y9T6rs2qZ8_n-CQqNmL9RwheIKjJIsp9mwwHY1CTuYRBg4vnIyPUvIAUS1jSAQ2e\
          iv8XXNeI5eQ9ZvzbXRB_ABpZqImNOgpw77TT6F4xwbD_m8VgwDBfFXpYg\
          """,
          """
          eyJraWQiOiJlYyIsImFsZyI6IkVTMjU2In0.eyJpc3MiOiJodHRwczovL2xvZ2luLmludmFsaWQiLCJhdWQiOi\
          J3YXJtLXVwIiwic3ViIjoid2FybS11cCIsImV4cCI6NDEwMjQ0NDgwMH0.MBOshNTU7wCPbYj1lQIsYKh-e51T\
          zjFA7MvavzJp6BKNBvmpPvtebDdQ4IBMZhLSedA9ePbvJRqlmBlbOq7u3A\
          """);

  static final String ISSUER = "https://login.invalid";
  static final String AUDIENCE = "warm-up";

  /** The public keys (RFC 7517). */
  static final String KEY_SET =
      """
      {"keys":[\
      {"kty":"RSA","kid":"rsa","n":"66zSKx-1aE6i_B7scYXdtNixH5TBHfDmXoirbPBfFAHopcB25Wvq_HDxcp\
      fmdxdTyfhCPoRT9aL8Pw_7CDECthojN1M8C6bsgbImivy-BAL_jFFx7YUgGugPNEYE5RJUWu3N3ylmIAXyVgDzJw\
      ogI17z0PFgWfzfmVfgKlM1M-Kz7a1_1L33EW1zl_5oG1qQy_3QyfjUlk7y7t2oYtNGoXBK5jA69lx5Hr2FmUk3BA\
      O5o40UFZ6MTa9Q7e_bHNgwYB3W6C1aio28SPkBjPUy3j3tZUh_CPzwxgD7mewk17lEeE0625Tg3oG4NYfrM-dJaj\
      TwvtQZjHEMc3Yt59R_Pw","e":"AQAB"},\
      {"kty":"EC","kid":"ec","x":"tOVr4qfH8ONmcCtfsFlf7IzSMFQ-tnhX10Q861Scg9g","y":"fCK58E3ujc\
      mSm-Igy7TebBEO8ycGjGocmYW2yymdnHI","crv":"P-256"}]}\
      """;

  private FakeLogin() {}
}
