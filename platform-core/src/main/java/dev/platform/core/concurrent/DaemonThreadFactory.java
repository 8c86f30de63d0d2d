package dev.platform.core.concurrent;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes threads that don't keep the JVM alive. Thread-safe. */
final class DaemonThreadFactory implements ThreadFactory {

  private final String name;
  private final boolean numbered;
  private final AtomicInteger last = new AtomicInteger();

  private DaemonThreadFactory(String name, boolean numbered) {
    this.name = name;
    this.numbered = numbered;
  }

  /** For a single thread with exactly this name. */
  static DaemonThreadFactory named(String name) {
    return new DaemonThreadFactory(name, false);
  }

  /** For several threads: {@code prefix} and a number, from 1 on. */
  static DaemonThreadFactory numbered(String prefix) {
    return new DaemonThreadFactory(prefix, true);
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, numbered ? name + last.incrementAndGet() : name);
    thread.setDaemon(true);
    // Not that of the thread that makes it: a web server would report it as a leak of its own.
    thread.setContextClassLoader(DaemonThreadFactory.class.getClassLoader());
    return thread;
  }
}
