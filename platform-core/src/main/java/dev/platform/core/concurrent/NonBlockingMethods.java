package dev.platform.core.concurrent;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerServiceDefinition;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Methods whose handlers never block. They run on the transport's thread, which saves a call the
 * way to another one and back. That thread serves other connections, too, which wait meanwhile: a
 * handler that keeps it for long is reported. Thread-safe.
 */
public final class NonBlockingMethods {

  /** A handler that takes longer is no longer worth the transport's thread. */
  static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final Logger log = LoggerFactory.getLogger(NonBlockingMethods.class);

  private final Set<String> methods;
  private final LongSupplier nanoTime;
  private final Map<String, Executor> executors = new ConcurrentHashMap<>();

  /**
   * @param methods services, {@code package.Service}, and methods, {@code package.Service/Method}
   * @param nanoTime monotonic time in nanoseconds
   */
  public NonBlockingMethods(Collection<String> methods, LongSupplier nanoTime) {
    this.methods = new HashSet<>(methods);
    this.nanoTime = nanoTime;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return methods.isEmpty();
  }

  /**
   * Checks that these services have all of them.
   *
   * @throws IllegalArgumentException if one is missing
   */
  public void requireIn(Collection<ServerServiceDefinition> services) {
    Set<String> served = new TreeSet<>();
    for (ServerServiceDefinition service : services) {
      served.add(service.getServiceDescriptor().getName());
      service
          .getMethods()
          .forEach(method -> served.add(method.getMethodDescriptor().getFullMethodName()));
    }
    for (String method : methods) {
      if (!served.contains(method)) {
        throw new IllegalArgumentException(
            "nonBlocking: %s (expected: a service or method of this server, one of %s)"
                .formatted(method, served));
      }
    }
  }

  /**
   * Runs these methods of a server on its transport's threads, and all others on the executor. An
   * executor that is set on the builder afterwards is not used for calls.
   */
  public void configure(ServerBuilder<?> server, Executor others) {
    if (isEmpty()) {
      server.executor(others);
      return;
    }
    // The look-up of the method, which precedes the choice, must not need another thread.
    server.executor(Runnable::run);
    server.callExecutor(
        new ServerCallExecutorSupplier() {
          @Override
          public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
            return isOne(call.getMethodDescriptor())
                ? onTransport(call.getMethodDescriptor().getFullMethodName())
                : others;
          }
        });
  }

  private boolean isOne(MethodDescriptor<?, ?> method) {
    return methods.contains(method.getFullMethodName())
        || methods.contains(String.valueOf(method.getServiceName()));
  }

  private Executor onTransport(String method) {
    Executor known = executors.get(method);
    return known == null ? executors.computeIfAbsent(method, TransportThread::new) : known;
  }

  /** The thread that it is called on. Reports work that takes long, at most once a minute. */
  private final class TransportThread implements Executor {

    private final String method;
    private final AtomicLong reportFrom = new AtomicLong(nanoTime.getAsLong());

    TransportThread(String method) {
      this.method = method;
    }

    @Override
    public void execute(Runnable work) {
      long start = nanoTime.getAsLong();
      try {
        work.run();
      } finally {
        long end = nanoTime.getAsLong();
        if (end - start > LIMIT_NANOS) {
          report(end, end - start);
        }
      }
    }

    private void report(long now, long nanos) {
      long from = reportFrom.get();
      if (now - from >= 0 && reportFrom.compareAndSet(from, now + PAUSE_NANOS)) {
        log.warn(
            "{} kept the transport's thread for {} ms, and other calls waited: it is set as"
                + " non-blocking (platform.grpc.server-executor.non-blocking), and is not",
            method,
            TimeUnit.NANOSECONDS.toMillis(nanos));
      }
    }
  }
}
