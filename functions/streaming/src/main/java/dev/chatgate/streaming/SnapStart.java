package dev.chatgate.streaming;

import com.amazonaws.services.lambda.crac.CheckpointException;
import com.amazonaws.services.lambda.crac.Context;
import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import java.io.IOException;

/**
 * Runs the hooks before the snapshot, calls {@code restore/next}, and runs the hooks after the
 * restore. Order and error reports are those of AWS's own main class.
 */
final class SnapStart {

  /** The process's exit code if a hook fails before the snapshot or after the restore. */
  static final int EXIT_CODE = 64;

  private SnapStart() {}

  /**
   * Returns in the restored copy: true if the function can be called, false if a failure was
   * reported.
   */
  static boolean run(RuntimeApi api) {
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

  /** The context of the global context: there is none, and AWS's client passes null as well. */
  @SuppressWarnings("NullAway")
  private static Context<? extends Resource> none() {
    return null;
  }
}
