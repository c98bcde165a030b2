package dev.chatgate.streaming;

import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.JniHelper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The native library of AWS's runtime client, which AWS's main class has loaded by the time the
 * hooks run: its context ends {@code beforeCheckpoint} by emptying the JVM's DNS cache through it.
 */
final class NativeLibrary {

  private static final String PROPERTY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  private NativeLibrary() {}

  /**
   * Loads it from a file of this process's own. Left to itself AWS's loader unpacks to one fixed
   * path under {@code /tmp}: two processes side by side, as on a developer's machine, read each
   * other's half-written file.
   */
  static void load() throws IOException {
    try (InputStream library = JniHelper.class.getResourceAsStream("/jni/" + fileName())) {
      if (library == null || System.getProperty(PROPERTY) != null) {
        JniHelper.load();
      } else {
        loadCopy(library);
      }
    }
  }

  private static void loadCopy(InputStream library) throws IOException {
    Path copy = Files.createTempFile("aws-lambda-jni", ".so");
    try {
      Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
      System.setProperty(PROPERTY, copy.toString());
      JniHelper.load();
    } finally {
      System.clearProperty(PROPERTY);
      Files.delete(copy);
    }
  }

  private static String fileName() {
    boolean arm = "aarch64".equals(System.getProperty("os.arch"));
    return "libaws-lambda-jni.linux-" + (arm ? "aarch_64" : "x86_64") + ".so";
  }
}
