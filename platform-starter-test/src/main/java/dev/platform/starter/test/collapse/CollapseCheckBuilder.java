package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Configures a {@link CollapseCheck}. Not thread-safe. */
public final class CollapseCheckBuilder {

  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(2);

  private final String name;
  private final Request request;
  private final List<Trigger> triggers = new ArrayList<>();
  private final Map<String, Map<String, String>> properties = new TreeMap<>();
  private @Nullable Double capacity;
  private double rampFrom = 20;
  private List<Double> loads = List.of(0.5, 0.8, 0.95);
  private Duration deadline = DEFAULT_DEADLINE;
  private Duration trigger = Duration.ofSeconds(5);
  private Duration observation = Duration.ofSeconds(60);
  private Duration steady = Duration.ofSeconds(3);
  private Duration window = Duration.ofSeconds(1);
  private Duration rampStep = Duration.ofSeconds(5);
  private double goodShare = 0.9;
  private @Nullable Fault afterCollapse;
  private Time time = new SystemTime();

  CollapseCheckBuilder(String name, Request request) {
    this.name = Objects.requireNonNull(name, "name");
    this.request = Objects.requireNonNull(request, "request");
  }

  /** How soon an answer must come to be good; 2 s by default. */
  public CollapseCheckBuilder deadline(Duration deadline) {
    this.deadline = deadline;
    return this;
  }

  /** The capacity, if it is known; otherwise it is measured. */
  public CollapseCheckBuilder capacity(double perSecond) {
    this.capacity = requirePositive("capacity", perSecond);
    return this;
  }

  /**
   * The first rate when the capacity is measured, 20 by default, and how long each rate is tried, 5
   * s by default.
   */
  public CollapseCheckBuilder measureCapacity(double firstPerSecond, Duration step) {
    this.capacity = null;
    this.rampFrom = requirePositive("first rate", firstPerSecond);
    this.rampStep = step;
    return this;
  }

  /** Shares of the capacity, below 1; 0.5, 0.8 and 0.95 by default. */
  public CollapseCheckBuilder loads(double... shares) {
    if (shares.length == 0) {
      throw new IllegalArgumentException("loads: none (expected: at least one)");
    }
    Arrays.stream(shares)
        .filter(share -> !(share > 0 && share < 1))
        .findFirst()
        .ifPresent(
            share -> {
              throw new IllegalArgumentException("load: " + share + " (expected: > 0 and < 1)");
            });
    this.loads = DoubleStream.of(shares).sorted().boxed().toList();
    return this;
  }

  /** One more trigger. */
  public CollapseCheckBuilder trigger(Trigger trigger) {
    triggers.add(Objects.requireNonNull(trigger, "trigger"));
    return this;
  }

  /** How long a trigger lasts that does not end by itself; 5 s by default. */
  public CollapseCheckBuilder triggerLasts(Duration time) {
    this.trigger = time;
    return this;
  }

  /** How long after a trigger goodput may take to return and stay; a minute by default. */
  public CollapseCheckBuilder observe(Duration time) {
    this.observation = time;
    return this;
  }

  /**
   * How long goodput must be good in a row, before a trigger and after it, 3 s by default; and of
   * which time each measured value is, 1 s by default.
   */
  public CollapseCheckBuilder steady(Duration time, Duration window) {
    this.steady = time;
    this.window = window;
    return this;
  }

  /**
   * The share of requests that must be good before a trigger, and the share of that which must be
   * good again after it; 0.9 by default.
   */
  public CollapseCheckBuilder goodShare(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("good share: " + share + " (expected: > 0 and <= 1)");
    }
    this.goodShare = share;
    return this;
  }

  /** Repairs the application after a collapse, instead of a pause without requests. */
  public CollapseCheckBuilder afterCollapse(Fault repair) {
    this.afterCollapse = Objects.requireNonNull(repair, "repair");
    return this;
  }

  /**
   * Properties in force in an application: those of the platform that decide on retries and queues
   * are judged, all are part of a failure's message.
   */
  public CollapseCheckBuilder properties(String application, Map<String, String> properties) {
    this.properties.put(application, Map.copyOf(properties));
    return this;
  }

  CollapseCheckBuilder time(Time time) {
    this.time = time;
    return this;
  }

  public CollapseCheck build() {
    if (triggers.isEmpty()) {
      throw new IllegalArgumentException("triggers: none (expected: at least one)");
    }
    return new CollapseCheck(
        new CollapseCheck.Settings(
            name,
            request,
            capacity,
            rampFrom,
            loads,
            List.copyOf(triggers),
            new CheckTimes(deadline, trigger, observation, steady, window, rampStep),
            goodShare,
            afterCollapse,
            properties,
            time));
  }

  private static double requirePositive(String what, double value) {
    if (!(value > 0 && value <= 1_000_000)) {
      throw new IllegalArgumentException(
          what + ": " + value + " requests a second (expected: > 0 and <= 1000000)");
    }
    return value;
  }
}
