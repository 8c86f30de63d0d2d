package dev.platform.order.edge;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.platform.core.priority.CallPriority;
import dev.platform.core.priority.Priority;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Answers that many clients read: one call for each key at a time, whose answer all get that ask
 * until it is too old. Failures are not kept. Bounded; evicts the least used. Thread-safe.
 */
final class SharedReads<K, V> implements AutoCloseable {

  private final AsyncCache<K, V> answers;
  private final ExecutorService executor;
  private final UnaryOperator<Runnable> traced;
  private final boolean enabled;

  /**
   * @param maxAge how old an answer may be; zero calls for each read
   * @param maxEntries how many answers are kept, and calls run at once
   * @param traced binds work to the current thread's trace context, for another thread
   */
  SharedReads(Duration maxAge, int maxEntries, Ticker ticker, UnaryOperator<Runnable> traced) {
    this.executor = Executors.newFixedThreadPool(maxEntries, SharedReads::daemon);
    this.traced = traced;
    this.enabled = !maxAge.isZero();
    this.answers =
        Caffeine.newBuilder()
            .expireAfterWrite(maxAge)
            .maximumSize(maxEntries)
            .ticker(ticker)
            .executor(Runnable::run)
            .recordStats()
            .buildAsync();
  }

  /**
   * The answer to this key. Blocks while it is read, at most this long; the call itself goes on,
   * for others and within its own deadline.
   *
   * @param read calls for it. Its argument is whether the answer is shared: then its deadline must
   *     not be this caller's
   * @throws StatusRuntimeException what the call failed with, or DEADLINE_EXCEEDED
   */
  V get(K key, Duration timeout, Function<Boolean, V> read) {
    if (!enabled) {
      return read.apply(false);
    }
    Answer<V> own = new Answer<>();
    CompletableFuture<V> answer = answers.get(key, (unused, ignored) -> own);
    if (answer == own) {
      // Only now: the cache must know of the answer before it can end.
      start(own, () -> read.apply(true));
    }
    try {
      if (answer instanceof Answer<V> shared) {
        shared.awaitKept(timeout);
      }
      return answer.get(0, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw Status.DEADLINE_EXCEEDED
          .withDescription("there was no answer in time")
          .withCause(e)
          .asRuntimeException();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asRuntimeException();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /** Publishes hits, misses and size as {@code cache.*} under this name. */
  void bindTo(MeterRegistry meters, String name) {
    CaffeineCacheMetrics.monitor(meters, answers, name, List.of());
  }

  /** Interrupts calls in progress. Does not block. */
  @Override
  public void close() {
    executor.shutdownNow();
  }

  /** Not cancelled with the client that happened to come first; of the same priority. */
  private void start(Answer<V> answer, Supplier<V> read) {
    Priority priority = CallPriority.current();
    Context own = priority == null ? Context.ROOT : CallPriority.in(Context.ROOT, priority);
    Runnable call =
        () -> {
          Context before = own.attach();
          try {
            answer.end(read.get(), null);
          } catch (Throwable e) {
            answer.end(null, e);
          } finally {
            own.detach(before);
          }
        };
    try {
      executor.execute(traced.apply(call));
    } catch (RuntimeException | Error e) {
      // Others may wait for it already.
      answer.end(null, e);
    }
  }

  /**
   * An answer, or a failure, that clients get when the cache knows about it: since when it is kept,
   * or that it is not. A future alone wakes who waits for it first.
   */
  private static final class Answer<V> extends CompletableFuture<V> {

    private final CountDownLatch kept = new CountDownLatch(1);

    void end(@Nullable V value, @Nullable Throwable failure) {
      if (failure == null) {
        complete(value);
      } else {
        completeExceptionally(failure);
      }
      kept.countDown();
    }

    void awaitKept(Duration timeout) throws InterruptedException, TimeoutException {
      if (!kept.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new TimeoutException();
      }
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "edge-reads");
    thread.setDaemon(true);
    return thread;
  }

  /** A new exception for each waiting client: stack traces are of one thread. */
  private static RuntimeException failure(@Nullable Throwable cause) {
    return cause instanceof StatusRuntimeException status
        ? new StatusRuntimeException(status.getStatus().withCause(cause), status.getTrailers())
        : new IllegalStateException(cause);
  }
}
