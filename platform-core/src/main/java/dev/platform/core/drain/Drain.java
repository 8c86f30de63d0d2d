package dev.platform.core.drain;

import io.grpc.Server;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a process start and stop without a caller noticing. Before any server stops, health reports
 * NOT_SERVING, the registration is deleted from etcd, and for one propagation delay calls are still
 * served, since some callers learn of it a little later. Then streams are ended with a status that
 * sends their callers elsewhere, the servers stop accepting, and calls in flight end. What does not
 * end in time is cut, and logged. Thread-safe.
 */
public final class Drain {

  private static final Logger log = LoggerFactory.getLogger(Drain.class);
  private static final Duration INTERCEPTORS_END = Duration.ofSeconds(1);

  private final DrainSettings settings;
  private final OpenCalls calls;
  private final UnfinishedCalls unfinished;
  private final GrpcHealth health;
  private final DrainDeadline deadline;
  private final SecondSignal secondSignal;
  private volatile LifecyclePhase phase = LifecyclePhase.STARTING;

  public Drain(
      DrainSettings settings, OpenCalls calls, UnfinishedCalls unfinished, GrpcHealth health) {
    this.settings = settings;
    this.calls = calls;
    this.unfinished = unfinished;
    this.health = health;
    this.deadline = new DrainDeadline(calls, unfinished);
    this.secondSignal = new SecondSignal(calls);
  }

  /** Where the process stands. */
  public LifecyclePhase phase() {
    return phase;
  }

  /** Calls in flight, by method. */
  public Map<String, Integer> openCalls() {
    return calls.byMethod();
  }

  /** The process takes calls, or takes none for a while. Ignored once it is draining. */
  public synchronized void accepting(boolean accepting) {
    if (accepting && phase == LifecyclePhase.STARTING) {
      enter(LifecyclePhase.UP);
    }
    health.serving(accepting && phase == LifecyclePhase.UP);
  }

  /**
   * Leaves discovery and serves on for the delay. Blocks for both; does nothing when called again.
   *
   * @param deregister deregisters the process; returns whether anybody may still take it for an
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
      serveOn(settings.delay());
    }
  }

  /** The server takes no more calls from now on: ends streams, and bounds what is in flight. */
  public void serverStopping(Server server) {
    deadline.start(server, settings.timeout());
    calls.endStreams();
  }

  /** The server has terminated. Waits a moment for what telemetry makes of the last calls. */
  public void serverStopped() {
    try {
      unfinished.awaitNone(INTERCEPTORS_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stopped();
  }

  /** Nothing is left to stop. */
  public synchronized void stopped() {
    if (phase.mayBecome(LifecyclePhase.STOPPED)) {
      deadline.stop();
      enter(LifecyclePhase.STOPPED);
    }
  }

  private void serveOn(Duration delay) {
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException e) {
      // The process is asked to stop sooner.
      Thread.currentThread().interrupt();
    }
  }

  private void enter(LifecyclePhase next) {
    LifecyclePhase before = phase;
    phase = before.to(next);
    log.info("Lifecycle: {} -> {}", before, next);
  }
}
