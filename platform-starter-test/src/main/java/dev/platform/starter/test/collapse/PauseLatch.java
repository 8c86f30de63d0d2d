package dev.platform.starter.test.collapse;

/**
 * A stall within this process: threads that pass while it is paused wait until it is resumed.
 * Thread-safe.
 */
public final class PauseLatch {

  private boolean paused; // guarded by this

  public synchronized void pause() {
    paused = true;
  }

  public synchronized void resume() {
    paused = false;
    notifyAll();
  }

  /** Returns at once unless it is paused. */
  public synchronized void pass() throws InterruptedException {
    while (paused) {
      wait();
    }
  }
}
