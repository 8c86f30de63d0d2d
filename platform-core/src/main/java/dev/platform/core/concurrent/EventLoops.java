package dev.platform.core.concurrent;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a transport, which read from many connections in turn. Thread-safe. */
interface EventLoops {

  /** There are none. */
  EventLoops NONE = work -> false;

  /**
   * If the current thread is one of them, runs the work there when what has been read so far is
   * handled, before the thread waits for more.
   *
   * @return false if the current thread is another one; then nothing is done
   */
  boolean afterReading(Runnable work);

  /** Those of each Netty on the class path. */
  static EventLoops available() {
    List<EventLoops> all = new ArrayList<>();
    String type = "netty.util.internal.ThreadExecutorMap";
    if (isPresent("io.grpc.netty.shaded.io." + type)) {
      all.add(new EventLoopsOnShadedNetty());
    }
    if (isPresent("io." + type)) {
      all.add(new EventLoopsOnNetty());
    }
    return switch (all.size()) {
      case 0 -> NONE;
      case 1 -> all.get(0);
      default -> work -> all.get(0).afterReading(work) || all.get(1).afterReading(work);
    };
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, EventLoops.class.getClassLoader()).getMethod("currentExecutor");
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    } catch (NoSuchMethodException e) {
      Logger log = LoggerFactory.getLogger(EventLoops.class);
      log.warn("This version of Netty does not tell its event loops: calls wake more threads", e);
      return false;
    }
  }
}
