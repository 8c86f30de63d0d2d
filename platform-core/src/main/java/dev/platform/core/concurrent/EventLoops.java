package dev.platform.core.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
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
    String type = "netty.util.concurrent.EventExecutor";
    if (isPresent("io.grpc.netty.shaded.io." + type)) {
      addIfUsable(EventLoopsOnShadedNetty::new, all);
    }
    if (isPresent("io." + type)) {
      addIfUsable(EventLoopsOnNetty::new, all);
    }
    return switch (all.size()) {
      case 0 -> NONE;
      case 1 -> all.get(0);
      default -> work -> all.get(0).afterReading(work) || all.get(1).afterReading(work);
    };
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, EventLoops.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** They use a class of Netty's own, which another version may not have. */
  private static void addIfUsable(Supplier<EventLoops> loops, List<EventLoops> all) {
    try {
      EventLoops known = loops.get();
      known.afterReading(() -> {});
      all.add(known);
    } catch (LinkageError e) {
      Logger log = LoggerFactory.getLogger(EventLoops.class);
      log.warn("The event loops of this version of Netty are unknown; calls wake more threads", e);
    }
  }
}
