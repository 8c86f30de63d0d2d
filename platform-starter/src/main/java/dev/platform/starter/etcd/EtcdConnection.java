package dev.platform.starter.etcd;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KVGrpc.KVFutureStub;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseGrpc.LeaseFutureStub;
import io.etcd.jetcd.api.LeaseGrpc.LeaseStub;
import io.etcd.jetcd.api.WatchGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One process's connection to etcd: a gRPC channel over all endpoints and one thread on which every
 * answer, event and timer arrives. Whoever uses it keeps its state on that thread and never blocks
 * it. Every unary call has a deadline; none waits for a connection that failed.
 */
public final class EtcdConnection implements AutoCloseable {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
  private static final long RECONNECT_PAUSE_NANOS = 500_000_000L;
  private static final long RETRY_SPACE_NANOS = 20_000_000L;
  private static final long RETRY_PAUSE_MILLIS = 1_000;
  private static final TimeUnit NANOS = TimeUnit.NANOSECONDS;

  private final SwitchableChannel channel;
  private final Channel calls;
  private final ScheduledThreadPoolExecutor executor;
  private final EtcdAvailability availability;
  private final Duration requestTimeout;
  private final LongSupplier nanoTime;
  private final EtcdWatches watches;
  private final RandomGenerator jitter = RandomGenerator.getDefault();
  private long reconnectedAt; // guarded by this
  private long retriedAt; // guarded by this

  EtcdConnection(
      SwitchableChannel channel,
      ScheduledThreadPoolExecutor executor,
      EtcdAvailability availability,
      @Nullable EtcdCredentials credentials,
      Duration requestTimeout,
      LongSupplier nanoTime) {
    this.channel = channel;
    this.calls =
        ClientInterceptors.intercept(channel, new EtcdCallInterceptor(availability, credentials));
    this.executor = executor;
    this.availability = availability;
    this.requestTimeout = requestTimeout;
    this.nanoTime = nanoTime;
    this.retriedAt = nanoTime.getAsLong() - RETRY_SPACE_NANOS;
    this.reconnectedAt = nanoTime.getAsLong() - RECONNECT_PAUSE_NANOS;
    this.watches = new EtcdWatches(this, () -> WatchGrpc.newStub(calls));
  }

  /** Keys and values; each call with the request timeout as its deadline. */
  public KVFutureStub kv() {
    return KVGrpc.newFutureStub(calls).withDeadlineAfter(requestTimeout.toNanos(), NANOS);
  }

  /** Leases; each call with the request timeout as its deadline. */
  public LeaseFutureStub lease() {
    return LeaseGrpc.newFutureStub(calls).withDeadlineAfter(requestTimeout.toNanos(), NANOS);
  }

  /** For one keep-alive; the request timeout is its deadline. */
  public LeaseStub leaseKeepAlive() {
    return LeaseGrpc.newStub(calls).withDeadlineAfter(requestTimeout.toNanos(), NANOS);
  }

  /** The process's watches, all on one stream. */
  public EtcdWatches watches() {
    return watches;
  }

  /** Whether etcd answers. */
  public EtcdAvailability availability() {
    return availability;
  }

  /** How long one request may take. */
  public Duration requestTimeout() {
    return requestTimeout;
  }

  /** Monotonic time in nanoseconds. */
  public long nanoTime() {
    return nanoTime.getAsLong();
  }

  /**
   * Ends gRPC's own waiting before the next attempt to connect, so that the next request tries;
   * however many ask for it, there are at most two attempts a second.
   */
  public void reconnect() {
    long now = nanoTime();
    synchronized (this) {
      if (now - reconnectedAt < RECONNECT_PAUSE_NANOS) {
        return;
      }
      reconnectedAt = now;
    }
    channel.resetConnectBackoff();
  }

  /** Runs {@code task} on the connection's thread; drops it when the connection is closed. */
  public void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException closed) {
      // Nothing is left that the task could change.
    }
  }

  /** Runs {@code task} on the connection's thread after a delay; never, once closed. */
  public @Nullable ScheduledFuture<?> schedule(Runnable task, long delayMillis) {
    try {
      return executor.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      return null;
    }
  }

  /**
   * Runs {@code action}, which is to ask etcd again, on the connection's thread after a delay.
   * While etcd is away the delay may be longer: however many want to try again, only some do each
   * second, and the rest when etcd answers.
   */
  public @Nullable ScheduledFuture<?> retry(Runnable action, long delayMillis) {
    return schedule(
        () -> {
          if (mayRetry()) {
            reconnect();
            action.run();
          } else {
            retry(action, RETRY_PAUSE_MILLIS / 2 + jitter.nextLong(RETRY_PAUSE_MILLIS));
          }
        },
        delayMillis);
  }

  private synchronized boolean mayRetry() {
    long now = nanoTime();
    if (now - retriedAt < RETRY_SPACE_NANOS && availability.isAway()) {
      return false;
    }
    retriedAt = now;
    return true;
  }

  /** Brings the outcome of a call to the connection's thread. */
  public <T> void then(ListenableFuture<T> call, Consumer<T> onAnswer, Consumer<Status> onFailure) {
    Futures.addCallback(
        call,
        new FutureCallback<T>() {
          @Override
          public void onSuccess(@Nullable T answer) {
            onAnswer.accept(Objects.requireNonNull(answer));
          }

          @Override
          public void onFailure(Throwable failure) {
            onFailure.accept(Status.fromThrowable(failure));
          }
        },
        this::execute);
  }

  /**
   * Ends channel, watches and thread; waits at most two seconds for calls under way. Leases are
   * left alone: whoever took one gives it back before.
   */
  @Override
  public void close() {
    availability.closed();
    channel.shutdownNow();
    try {
      channel.awaitTermination(CLOSE_TIMEOUT.toMillis());
      executor.shutdownNow();
      executor.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
