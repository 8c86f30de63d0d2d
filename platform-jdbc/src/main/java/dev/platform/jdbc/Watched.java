package dev.platform.jdbc;

import io.grpc.Context.CancellationListener;

/** Work of a call, which ends with it. */
interface Watched extends CancellationListener {

  /**
   * The work is done: nothing is interrupted from here on. Waits for an interruption in progress.
   */
  void end();
}
