package dev.platform.core.drain;

import dev.platform.core.concurrent.Threads;
import io.grpc.Server;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Graceful start and stop. Before any server stops, health reports NOT_SERVING, the registration is
 * deleted from etcd, and calls are still served for a propagation delay, since some callers see the
 * deletion a little later. Then streams are ended with a status that makes their callers use
 * another instance, the servers stop accepting, and in-flight calls end. Calls that do not end in
 * time are terminated, and logged. Thread-safe.
 */
public final class Drain {

  private static final Logger log = LoggerFactory.getLogger(Drain.class);
  private static final Duration INTERCEPTOR_WAIT = Duration.ofSeconds(1);

  private final DrainSettings settings;
  private final OpenCalls calls;
  private final UnfinishedCalls unfinished;
  private final GrpcHealth health;
  private final LongSupplier nanoTime;
  private final Threads threads;
  private final DrainDeadline deadline;
  private final SecondSignal secondSignal;
  private volatile LifecyclePhase phase = LifecyclePhase.STARTING;

  /**
   * @param nanoTime monotonic time in nanoseconds
   */
  public Drain(
      DrainSettings settings,
      OpenCalls calls,
      UnfinishedCalls unfinished,
      GrpcHealth health,
      LongSupplier nanoTime,
      Threads threads) {
    this.settings = settings;
    this.calls = calls;
    this.unfinished = unfinished;
    this.health = health;
    this.nanoTime = nanoTime;
    this.threads = threads;
    this.deadline = new DrainDeadline(calls, unfinished, nanoTime, threads);
    this.secondSignal = new SecondSignal(calls);
  }

  /** The process's current phase. */
  public LifecyclePhase phase() {
    return phase;
  }

  /** Calls in flight, by method. */
  public Map<String, Integer> openCalls() {
    return calls.byMethod();
  }

  /** Whether the process accepts calls now. Ignored once it is draining. */
  public synchronized void accepting(boolean accepting) {
    if (accepting && phase == LifecyclePhase.STARTING) {
      enter(LifecyclePhase.UP);
    }
    health.serving(accepting && phase == LifecyclePhase.UP);
  }

  /**
   * Deregisters and continues serving for the delay. Blocks for both; does nothing when called
   * again.
   *
   * @param deregister deregisters the process; returns whether clients may still see it as an
   *     instance
   */
  public void leave(BooleanSupplier deregister) {
    synchronized (this) {
      if (!phase.mayBecome(LifecyclePhase.DRAINING)) {
        return;
      }
      enter(LifecyclePhase.DRAINING);
    }
    secondSignal.listen();
    health.stop();
    if (deregister.getAsBoolean()) {
      keepServing(settings.delay());
    }
  }

  /** The server accepts no more calls: ends streams, and starts the deadline of in-flight calls. */
  public void serverStopping(Server server) {
    deadline.start(server, settings.timeout());
    calls.endStreams();
  }

  /**
   * The server has terminated. Waits up to a second until the interceptors have finished the last
   * calls.
   */
  public void serverStopped() {
    try {
      unfinished.awaitNone(INTERCEPTOR_WAIT, nanoTime, threads);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stopped();
  }

  /** Everything has stopped. */
  public synchronized void stopped() {
    if (phase.mayBecome(LifecyclePhase.STOPPED)) {
      deadline.stop();
      enter(LifecyclePhase.STOPPED);
    }
  }

  private void keepServing(Duration delay) {
    long end = nanoTime.getAsLong() + delay.toNanos();
    Object unnotified = new Object();
    try {
      synchronized (unnotified) {
        for (long left = delay.toNanos(); left > 0; left = end - nanoTime.getAsLong()) {
          threads.await(unnotified, left);
        }
      }
    } catch (InterruptedException e) {
      // An interrupt ends the delay.
      Thread.currentThread().interrupt();
    }
  }

  private void enter(LifecyclePhase next) {
    LifecyclePhase before = phase;
    phase = before.to(next);
    log.info("Lifecycle: {} -> {}", before, next);
  }
}
