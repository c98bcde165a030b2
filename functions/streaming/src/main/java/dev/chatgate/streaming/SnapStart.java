package dev.chatgate.streaming;

import com.amazonaws.services.lambda.crac.CheckpointException;
import com.amazonaws.services.lambda.crac.Context;
import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import java.io.IOException;

/**
 * The handshake around a snapshot: hooks, {@code restore/next}, hooks, in the order and with the
 * reports of AWS's own main class.
 */
final class SnapStart {

  /** What the process ends with if a hook fails, before or after. */
  static final int EXIT_CODE = 64;

  private SnapStart() {}

  /** Returns, in the restored copy, whether the function may be called. Failures are reported. */
  static boolean passed(RuntimeApi api) {
    return beforeCheckpoint(api) && afterRestore(api);
  }

  private static boolean beforeCheckpoint(RuntimeApi api) {
    try {
      Priming.run();
      runBeforeCheckpointHooks();
      api.restoreNext();
      return true;
    } catch (Throwable t) {
      StartFailure.report(api, RuntimeApi.INIT_ERROR, "Runtime.BeforeCheckpointError", t);
      return false;
    }
  }

  private static boolean afterRestore(RuntimeApi api) {
    try {
      Core.getGlobalContext().afterRestore(none());
      return true;
    } catch (Throwable t) {
      StartFailure.report(api, RuntimeApi.RESTORE_ERROR, "Runtime.AfterRestoreError", t);
      return false;
    }
  }

  private static void runBeforeCheckpointHooks() throws CheckpointException, IOException {
    NativeLibrary.load();
    Core.getGlobalContext().beforeCheckpoint(none());
  }

  /** The context's own context: it has none, and AWS's client passes null as well. */
  @SuppressWarnings("NullAway")
  private static Context<? extends Resource> none() {
    return null;
  }
}
