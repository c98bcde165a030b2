import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * Converts OpenAI's token vocabularies to the binary format that a function reads, which is half as
 * large as the original and is read at once. The originals are in jtokkit's jar on the class path
 * and have a line for each token with its Base64, a space and its rank. First argument: the folder
 * to write to; all others: names of vocabularies.
 */
public final class Vocabularies {
  private Vocabularies() {}

  public static void main(String[] args) throws IOException {
    var folder = Files.createDirectories(Path.of(args[0]));
    for (int i = 1; i < args.length; i++) {
      Files.write(folder.resolve(args[i]), packed(args[i]));
    }
  }

  /**
   * The format: number of tokens (4 bytes), number of bytes that follow (4 bytes), then for each
   * token its length (1 byte) and its bytes.
   */
  private static byte[] packed(String name) throws IOException {
    int count = 0;
    var tokens = new ByteArrayOutputStream();
    try (var lines = open("/com/knuddels/jtokkit/" + name + "_base.tiktoken")) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        byte[] token = Base64.getDecoder().decode(line.substring(0, space));
        if (Integer.parseInt(line.substring(space + 1)) != count++ || token.length > 255) {
          throw new IOException("The rank is not the line's number, or the token is long: " + line);
        }
        tokens.write(token.length);
        tokens.write(token);
      }
    }
    var packed = new ByteArrayOutputStream();
    var data = new DataOutputStream(packed);
    data.writeInt(count);
    data.writeInt(tokens.size());
    tokens.writeTo(data);
    return packed.toByteArray();
  }

  private static BufferedReader open(String resource) throws IOException {
    var in = Vocabularies.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IOException(resource + " is not on the class path");
    }
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
  }
}
