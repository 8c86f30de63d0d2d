package dev.platform.core.etcd;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.core.concurrent.Threads;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthGrpc.AuthFutureStub;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KVGrpc.KVFutureStub;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseGrpc.LeaseFutureStub;
import io.etcd.jetcd.api.LeaseGrpc.LeaseStub;
import io.etcd.jetcd.api.WatchGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Deadline;
import io.grpc.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One process's connection to etcd: a gRPC channel over all endpoints and one thread on which every
 * answer, event and timer arrives. Its users keep their state on that thread and never block it.
 * Every unary call has a deadline; none waits for a failed connection.
 */
public final class EtcdConnection implements AutoCloseable {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
  private static final long RECONNECT_PAUSE_NANOS = 500_000_000L;
  private static final long RETRY_SPACE_NANOS = 20_000_000L;
  private static final long RETRY_PAUSE_MILLIS = 1_000;
  private static final String THREAD = "platform-etcd";

  private final SwitchableChannel channel;
  private final Channel calls;
  private final ScheduledExecutorService executor;
  private final EtcdAvailability availability;
  private final Duration requestTimeout;
  private final LongSupplier nanoTime;
  private final Deadline.Ticker deadlines;
  private final EtcdWatches watches;
  private final HedgedRequests hedged;
  private final RandomGenerator random;
  private final TlsReload tlsReload;
  private long reconnectedAt; // guarded by this
  private long retriedAt; // guarded by this

  private EtcdConnection(
      EtcdSettings settings,
      EtcdChannelFactory channels,
      @Nullable EtcdTls tls,
      ScheduledExecutorService executor,
      LongSupplier nanoTime,
      Deadline.Ticker deadlines,
      RandomGenerator random) {
    this.deadlines = deadlines;
    this.requestTimeout = settings.requestTimeout();
    this.channel = new SwitchableChannel(channels.open(tls));
    this.executor = executor;
    this.availability = new EtcdAvailability(settings.endpoints().toString(), nanoTime);
    this.nanoTime = nanoTime;
    this.hedged = new HedgedRequests(this);
    this.calls =
        ClientInterceptors.intercept(
            channel,
            new EtcdCallInterceptor(
                availability, EtcdCredentials.of(settings, channel, this, random)));
    this.random = random;
    this.retriedAt = nanoTime.getAsLong() - RETRY_SPACE_NANOS;
    this.reconnectedAt = nanoTime.getAsLong() - RECONNECT_PAUSE_NANOS;
    this.watches = new EtcdWatches(this, () -> WatchGrpc.newStub(calls));
    this.tlsReload = new TlsReload(channels, channel, this, random);
  }

  /** Returns a builder; {@link Builder#open()} connects. */
  public static Builder builder(EtcdSettings settings) {
    return new Builder(settings);
  }

  /**
   * Switches to connections with other certificates, once etcd has answered on one of them; until
   * then the old ones are used. On any thread, never blocks; certificates that can't be used are
   * logged.
   */
  public void replaceTls(EtcdTls tls) {
    tlsReload.replace(tls);
  }

  /** Not thread-safe. */
  public static final class Builder {

    private final EtcdSettings settings;
    private @Nullable EtcdTls tls;
    private @Nullable ScheduledExecutorService executor;
    private LongSupplier nanoTime = System::nanoTime;
    private RandomGenerator random = RandomGenerator.getDefault();
    private Deadline.Ticker deadlines = Deadline.getSystemTicker();
    private @Nullable EtcdChannelFactory channels;

    private Builder(EtcdSettings settings) {
      this.settings = settings;
    }

    /** Certificates for {@code https} endpoints; by default what the JVM trusts. */
    public Builder tls(@Nullable EtcdTls certificates) {
      this.tls = certificates;
      return this;
    }

    /**
     * The one thread on which answers, events and timers arrive, and which the connection shuts
     * down; by default a daemon thread of its own.
     */
    public Builder executor(ScheduledExecutorService singleThread) {
      this.executor = singleThread;
      return this;
    }

    /** Monotonic time in nanoseconds; by default the system's. */
    public Builder nanoTime(LongSupplier ticker) {
      this.nanoTime = ticker;
      return this;
    }

    /** The time of requests' deadlines; by default gRPC's own. */
    public Builder deadlines(Deadline.Ticker ticker) {
      this.deadlines = ticker;
      return this;
    }

    /** Random numbers for back-offs. */
    public Builder random(RandomGenerator generator) {
      this.random = generator;
      return this;
    }

    /**
     * Opens the channels to etcd; by default over the network, by gRPC's transport on the class
     * path. A simulation passes calls to its own etcd here. Answers must arrive on the {@linkplain
     * #executor connection's thread}.
     */
    public Builder channels(EtcdChannelFactory factory) {
      this.channels = factory;
      return this;
    }

    /**
     * Connects in the background.
     *
     * @throws IllegalStateException if the certificates can't be used, or there is no transport
     */
    public EtcdConnection open() {
      ScheduledExecutorService thread =
          executor == null ? Threads.daemons().timer(THREAD) : executor;
      EtcdChannelFactory opener =
          channels == null
              ? new EtcdChannels(settings, EtcdTransport.available(), thread)
              : channels;
      return new EtcdConnection(settings, opener, tls, thread, nanoTime, deadlines, random);
    }
  }

  /** Keys and values; each call with the request timeout as its deadline. */
  public KVFutureStub kv() {
    return KVGrpc.newFutureStub(calls).withDeadline(requestDeadline());
  }

  /**
   * The same for keys that the user of etcd may not be permitted to read, and that can be done
   * without: a refusal of these calls is no problem of etcd's, and not reported as one.
   */
  public KVFutureStub optionalKv() {
    return kv().withOption(EtcdCallInterceptor.OPTIONAL, true);
  }

  /** Whether etcd's user is not permitted to make a call that failed. */
  public static boolean isNotPermitted(Status failure) {
    return EtcdFailure.of(failure).kind() == EtcdFailure.Kind.PERMISSION;
  }

  /** Leases; each call with the request timeout as its deadline. */
  public LeaseFutureStub lease() {
    return LeaseGrpc.newFutureStub(calls).withDeadline(requestDeadline());
  }

  /** Users and roles; each call with the request timeout as its deadline. */
  AuthFutureStub auth() {
    return AuthGrpc.newFutureStub(calls).withDeadline(requestDeadline());
  }

  /** For a stream of renewals; without a deadline. */
  public LeaseStub leaseKeepAlive() {
    return LeaseGrpc.newStub(calls);
  }

  /** The process's watches, all on one stream. */
  public EtcdWatches watches() {
    return watches;
  }

  /** Whether etcd answers. */
  public EtcdAvailability availability() {
    return availability;
  }

  /** The deadline of a request that starts now. */
  Deadline requestDeadline() {
    return Deadline.after(requestTimeout.toNanos(), TimeUnit.NANOSECONDS, deadlines);
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
   * Resets gRPC's connection back-off, so that the next request connects; at most twice a second,
   * however often this is called.
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
      // Closed: the task has nothing left to change.
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
   * Runs {@code action}, which retries a request to etcd, on the connection's thread after a delay.
   * While etcd is unreachable the delay may be longer: only some of all retries run each second,
   * and the rest when etcd answers.
   */
  public @Nullable ScheduledFuture<?> retry(Runnable action, long delayMillis) {
    return schedule(
        () -> {
          if (mayRetry()) {
            reconnect();
            action.run();
          } else {
            retry(action, RETRY_PAUSE_MILLIS / 2 + random.nextLong(RETRY_PAUSE_MILLIS));
          }
        },
        delayMillis);
  }

  private synchronized boolean mayRetry() {
    long now = nanoTime();
    if (now - retriedAt < RETRY_SPACE_NANOS && availability.isUnreachable()) {
      return false;
    }
    retriedAt = now;
    return true;
  }

  /** Passes the outcome of a call to the connection's thread. */
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
   * Makes a request that may be repeated, and passes its outcome to the connection's thread. It
   * does not wait for a member of etcd that is cut off from the others: without an answer within
   * {@link #hedgeAfterMillis()} it is sent to the next member, and then once more. Fails after a
   * request timeout. On the connection's thread.
   *
   * @param request sends it once
   */
  public <T> void hedge(
      Supplier<ListenableFuture<T>> request, Consumer<T> onAnswer, Consumer<Status> onFailure) {
    hedged.send(request, onAnswer, onFailure);
  }

  /** How long to wait for an answer before the next member of etcd is asked, too. */
  public long hedgeAfterMillis() {
    return hedged.patienceMillis();
  }

  /**
   * Closes channel, watches and thread; waits at most two seconds for in-flight calls. Does not
   * revoke leases: their owners do that before.
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
