package dev.platform.jdbc;

import io.grpc.Context;

/** A thread that waits for a connection; pools give up when it is interrupted. */
final class WaitingThread implements Watched {

  private final Thread thread;
  // guarded by this
  private boolean ended;
  private boolean interrupted;

  WaitingThread(Thread thread) {
    this.thread = thread;
  }

  @Override
  public synchronized void cancelled(Context context) {
    if (!ended) {
      interrupted = true;
      thread.interrupt();
    }
  }

  /** On that thread; clears an interrupt from {@link #cancelled}. */
  @Override
  public synchronized void end() {
    ended = true;
    if (interrupted) {
      boolean unused = Thread.interrupted();
    }
  }
}
