package dev.platform.core.concurrent;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.concurrent.RejectedExecutionException;

/** Uses the application's own Netty; built a second time for the shaded one. */
final class EventLoopsOnNetty implements EventLoops {

  @Override
  public boolean afterReading(Runnable work) {
    EventExecutor current = ThreadExecutorMap.currentExecutor();
    if (current == null) {
      return false;
    }
    try {
      // Its tasks run after its reads.
      current.execute(work);
      return true;
    } catch (RejectedExecutionException e) {
      // It ends.
      return false;
    }
  }
}
