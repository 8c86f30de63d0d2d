package dev.platform.spring.telemetry;

import java.util.function.Supplier;

/**
 * Starts exporters with threads of their own, which keep the context class loader of the thread
 * that makes them. While a web server starts, that is its own, and after a failed start it would
 * report these threads as its leaks.
 */
public final class ExportThreads {

  private ExportThreads() {}

  /** Returns what the factory makes, whose threads have the platform's class loader. */
  public static <T> T start(Supplier<T> factory) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ExportThreads.class.getClassLoader());
    try {
      return factory.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
