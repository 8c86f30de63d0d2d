package dev.platform.core.concurrent;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;

/**
 * A thread of the gRPC server.
 *
 * <p>Their pool is a fork-join pool in its mode for events (Doug Lea, "A Java Fork/Join Framework",
 * 2000): the thread that became idle last is woken first, so that few threads do the work at low
 * load, and each has a queue of its own. A pool with one queue wakes a thread for each call.
 */
public final class HandlerThread extends ForkJoinWorkerThread {

  /** Before Java 25 at most one thread ends in this time, and only while all are idle. */
  private static final long KEEP_ALIVE_MILLIS = 500;

  private HandlerThread(ForkJoinPool pool, ClassLoader classes) {
    super(pool);
    setName("grpc-server-" + getPoolIndex());
    // By default fork-join threads only see the system class loader, not the classes inside an
    // application jar.
    setContextClassLoader(classes);
  }

  /** A pool with at most this number of threads. A handler that blocks occupies one of them. */
  public static ForkJoinPool pool(int threads) {
    ClassLoader classes = HandlerThread.class.getClassLoader();
    return new ForkJoinPool(
        threads,
        pool -> new HandlerThread(pool, classes),
        null,
        true,
        0,
        threads,
        1,
        saturated -> true,
        KEEP_ALIVE_MILLIS,
        TimeUnit.MILLISECONDS);
  }
}
