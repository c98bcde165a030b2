package dev.chatgate.streaming;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

/** Reports to Lambda and to the log why the function cannot start. */
final class StartFailure {

  private StartFailure() {}

  static void report(RuntimeApi api, String path, String type, Throwable error) {
    Throwable root = root(error);
    Log.fatal(describe(type, root));
    Log.failure("", type, root);
    try {
      int status = api.postError(path, ErrorReport.ofStart(type, root));
      if (status != 202) {
        Log.fatal("the Runtime API answered ".concat(Integer.toString(status)));
      }
    } catch (IOException e) {
      Log.fatal("the failure could not be reported to the Runtime API");
    }
  }

  /** Removes the wrappers of reflection and of the hooks, which have no information. */
  private static Throwable root(Throwable error) {
    boolean wrapper =
        error instanceof InvocationTargetException || error instanceof ExceptionInInitializerError;
    Throwable cause = error.getCause();
    if (wrapper && cause != null) {
      return root(cause);
    }
    boolean collected = error.getMessage() == null && error.getSuppressed().length > 0;
    return collected ? root(error.getSuppressed()[0]) : error;
  }

  private static String describe(String type, Throwable error) {
    String message = error.getMessage();
    return type.concat(": ").concat(message == null ? error.getClass().getName() : message);
  }
}
