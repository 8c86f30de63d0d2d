package dev.platform.jdbc;

import io.grpc.Context.CancellationListener;

/** Something that is under way for a call, and ends with it. */
interface Watched extends CancellationListener {

  /** It is done: from here on nothing is cut off any more. Waits for what is being cut off now. */
  void end();
}
