package dev.platform.core.fault;

import dev.platform.core.fault.Fault.Side;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The active faults. Thread-safe, never blocks; a call costs one read while there is none. */
public final class Faults {

  private static final Logger log = LoggerFactory.getLogger(Faults.class);

  private final FaultThreads threads;
  private final Clock clock;
  private final DoubleSupplier random;
  private final MeterRegistry meters;
  // writes are guarded by this
  private volatile List<Fault> active = List.of();
  // guarded by this
  private int lastId;

  /**
   * @param clock wall-clock time of injections
   * @param random random numbers from 0 to 1, on any thread: whether a call gets a fault whose
   *     ratio is below 1
   */
  public Faults(FaultThreads threads, Clock clock, DoubleSupplier random, MeterRegistry meters) {
    this.threads = threads;
    this.clock = clock;
    this.random = random;
    this.meters = meters;
    Gauge.builder("platform.faults.active", this, faults -> faults.list().size())
        .description("Active injected faults")
        .register(meters);
  }

  /** In the order of their injection. */
  public List<Fault> list() {
    return active;
  }

  /**
   * Injects a fault from now on.
   *
   * @throws dev.platform.core.InvalidPropertyException if it has no effect
   */
  public Fault add(FaultSettings settings) {
    Fault fault;
    synchronized (this) {
      fault = settings.toFault(Integer.toString(lastId + 1), clock.instant());
      lastId++;
      List<Fault> next = new ArrayList<>(active);
      next.add(fault);
      active = List.copyOf(next);
    }
    log.warn("Injecting fault {}: {}", fault.id(), fault);
    Duration lasting = settings.timeToLive();
    if (lasting != null) {
      threads.after(lasting, () -> end(fault.id(), "its ttl is over"));
    }
    return fault;
  }

  /** Whether there was such a fault. */
  public boolean remove(String id) {
    return end(id, "removed");
  }

  private boolean end(String id, String why) {
    List<Fault> ended;
    synchronized (this) {
      ended = active.stream().filter(fault -> fault.id().equals(id)).toList();
      active = active.stream().filter(fault -> !fault.id().equals(id)).toList();
    }
    ended.forEach(
        fault ->
            log.info(
                "Fault {} has ended ({}) after {} calls: {}", id, why, fault.injected(), fault));
    return !ended.isEmpty();
  }

  /**
   * The fault to inject into a call: the first one that matches it and its ratio at random; null
   * for none. Counts it.
   */
  @Nullable Fault hit(Side side, MethodDescriptor<?, ?> method, @Nullable Metadata headers) {
    for (Fault fault : active) {
      if (fault.concerns(side, method, headers)
          && (fault.ratio() == 1 || random.getAsDouble() < fault.ratio())) {
        count(fault, method);
        return fault;
      }
    }
    return null;
  }

  private void count(Fault fault, MethodDescriptor<?, ?> method) {
    fault.injected().increment();
    String effect =
        fault.abort() == null ? "delay" : fault.delay() == null ? "abort" : "delay-and-abort";
    Counter.builder("platform.faults.injected")
        .description("Calls that a fault was injected into")
        .tag("side", fault.side().id())
        .tag("method", method.getFullMethodName())
        .tag("effect", effect)
        .register(meters)
        .increment();
  }
}
