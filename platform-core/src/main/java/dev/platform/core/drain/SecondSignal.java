package dev.platform.core.drain;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * Exits at once on a second SIGTERM or SIGINT. Handles signals only once the JVM is shutting down,
 * so that a running process keeps its handlers.
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
        Signal.handle(new Signal(name), this::exitNow);
      } catch (IllegalArgumentException e) {
        log.debug("A second SIG{} can't be handled: {}", name, e.getMessage());
      }
    }
  }

  private void exitNow(Signal signal) {
    log.warn(
        "Second SIG{}: exiting now, terminating calls: {}", signal.getName(), calls.byMethod());
    Runtime.getRuntime().halt(SIGNAL_EXIT_BASE + signal.getNumber());
  }

  /** Hooks are refused only while the JVM is shutting down. */
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
