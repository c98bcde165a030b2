package dev.chatgate.streaming;

import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.JniHelper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Loads the native library of AWS's runtime client. AWS's main class loads it before the hooks run,
 * because its global context clears the JVM's DNS cache through the library at the end of {@code
 * beforeCheckpoint}.
 */
final class NativeLibrary {

  private static final String PROPERTY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  private NativeLibrary() {}

  /**
   * Loads the library from a temporary file of this process. AWS's loader unpacks to a fixed path
   * under {@code /tmp}, where two processes on one machine could read each other's half-written
   * file.
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
