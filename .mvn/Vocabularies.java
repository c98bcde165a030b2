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
 * Makes OpenAI's vocabularies what a function holds in memory: without Base64 half as large, and
 * read in one go. They come from jtokkit on the class path, a line for each token: Base64, a space,
 * its rank. First argument: the folder to write to; the others: vocabularies' names.
 */
public final class Vocabularies {
  private Vocabularies() {}

  public static void main(String[] args) throws IOException {
    var folder = Files.createDirectories(Path.of(args[0]));
    for (int i = 1; i < args.length; i++) {
      Files.write(folder.resolve(args[i]), packed(args[i]));
    }
  }

  /** The number of tokens, of the bytes after it; then each token's length in a byte, its bytes. */
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
