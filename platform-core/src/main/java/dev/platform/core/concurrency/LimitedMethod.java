package dev.platform.core.concurrency;

import dev.platform.core.outcome.AnswerTimes;
import dev.platform.core.priority.CallPriority;
import dev.platform.core.priority.Priority;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A method's priority, how its calls are refused, and how long they take. Thread-safe. */
final class LimitedMethod {

  private final String name;
  private final @Nullable Priority own;
  private final Status refusal;
  private final AnswerTimes times = new AnswerTimes();
  private final UnhinderedTime unhindered = new UnhinderedTime();
  private final Map<Priority, Counter> shed = new EnumMap<>(Priority.class);

  /**
   * @param own the priority that is set for it; null for none
   */
  LimitedMethod(String name, @Nullable Priority own, MeterRegistry meters) {
    this.name = name;
    this.own = own;
    this.refusal =
        Status.RESOURCE_EXHAUSTED.withDescription("concurrency limit exceeded for " + name);
    // From the start: the rate of a counter that begins above zero misses its first calls.
    for (Priority priority : Priority.values()) {
      shed.put(priority, counter(name, priority, meters));
    }
  }

  /** The priority of the current call: its own or the method's, whichever is lower. */
  Priority priority() {
    Priority lower = Priority.lower(own, CallPriority.current());
    return lower == null ? Priority.NORMAL : lower;
  }

  /** Counts a refused call, and returns its status. */
  Status refuse(Priority priority) {
    Objects.requireNonNull(shed.get(priority)).increment();
    return refusal;
  }

  private static Counter counter(String name, Priority priority, MeterRegistry meters) {
    return Counter.builder("platform.concurrency.shed")
        .tag("method", name)
        .tag("priority", priority.id())
        .description("Calls that were refused because the concurrency limit was reached")
        .register(meters);
  }

  /** How long its answers took. */
  AnswerTimes times() {
    return times;
  }

  /** How long they take while the server has little to do. */
  UnhinderedTime unhindered() {
    return unhindered;
  }
}
