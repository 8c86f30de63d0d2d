package dev.platform.core.drain;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * A second SIGTERM or SIGINT means: go now. Listens only once the JVM is on its way out, so that a
 * process that lives keeps its handlers.
 */
final class SecondSignal {

  private static final Logger log = LoggerFactory.getLogger(SecondSignal.class);
  private static final int SIGNAL_EXIT_BASE = 128;

  private final OpenCalls calls;

  SecondSignal(OpenCalls calls) {
    this.calls = calls;
  }

  void listen() {
    if (!jvmIsShuttingDown()) {
      return;
    }
    for (String name : new String[] {"TERM", "INT"}) {
      try {
        Signal.handle(new Signal(name), this::goNow);
      } catch (IllegalArgumentException e) {
        log.debug("A second SIG{} can't be listened to: {}", name, e.getMessage());
      }
    }
  }

  private void goNow(Signal signal) {
    log.warn("Second SIG{}: going now, calls that are cut: {}", signal.getName(), calls.byMethod());
    Runtime.getRuntime().halt(SIGNAL_EXIT_BASE + signal.getNumber());
  }

  /** Hooks are refused from the moment that the JVM goes down, and only then. */
  private static boolean jvmIsShuttingDown() {
    Thread probe = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }
}
