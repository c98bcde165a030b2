package dev.chatgate.identity.clientsecret;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.identity.clientsecret.ClientSecretResult.Invalid;
import dev.chatgate.identity.clientsecret.ClientSecretResult.Valid;
import java.time.Instant;

/** What must hold of any bytes: as a token, as a signed header and as signed claims. */
final class ClientSecretFuzz {
  private static final byte[] HEADER = Tokens.HEADER.getBytes(UTF_8);
  private static final byte[] NO_CLAIMS = "{}".getBytes(UTF_8);

  private final ClientSecretCodec codec =
      new ClientSecretCodec(
          new FixedSigningSecrets(Tokens.secret(Tokens.DEPLOYMENT, Tokens.KEY)),
          () -> Instant.EPOCH);

  void check(byte[] bytes) {
    var text = new String(bytes, ISO_8859_1);
    assertEquals(new Invalid(), codec.read(text));
    assertEquals(new Invalid(), codec.read(ClientSecretCodec.PREFIX + text));
    assertEquals(
        new Invalid(), codec.read(Tokens.signed(bytes, NO_CLAIMS, Tokens.KEY, "HmacSHA256")));
    if (codec.read(Tokens.signed(HEADER, bytes, Tokens.KEY, "HmacSHA256"))
        instanceof Valid(var secret)) {
      codec.write(secret).ifPresent(token -> assertEquals(new Valid(secret), codec.read(token)));
    }
  }
}
