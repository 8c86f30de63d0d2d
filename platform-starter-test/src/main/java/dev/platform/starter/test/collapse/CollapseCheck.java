package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for metastable failures of a running application: loads below its capacity under which a
 * passing trigger leads to a state that keeps itself alive, by retries, queues or cold caches, when
 * the trigger has long gone.
 *
 * <p>Requests come at a constant rate, whatever becomes of those before, as those of many
 * independent users do. Each cell is one load with one trigger: steady goodput, the trigger, and
 * whether goodput returns. Goodput is the share of requests with a good answer within the deadline,
 * by the time when they were due.
 *
 * <p>Takes minutes: about the trigger's time and twice {@code steady} for each cell that recovers,
 * and the whole observation, twice, for each one that does not. Needs a machine that is not busy
 * otherwise, if the processor is what limits the capacity.
 */
public final class CollapseCheck {

  private static final Logger log = LoggerFactory.getLogger(CollapseCheck.class);

  private static final int MIN_REQUESTS = 5;

  private final Settings settings;

  /**
   * What the builder has.
   *
   * @param capacity in requests a second; null if it is measured
   * @param rampFrom the first rate when it is measured
   * @param properties by application
   */
  record Settings(
      String name,
      Request request,
      @Nullable Double capacity,
      double rampFrom,
      List<Double> loads,
      List<Trigger> triggers,
      CheckTimes times,
      double goodShare,
      @Nullable Fault afterCollapse,
      Map<String, Map<String, String>> properties,
      Time time) {}

  CollapseCheck(Settings settings) {
    this.settings = settings;
  }

  /** A check of an application of this name. */
  public static CollapseCheckBuilder of(String name, Request request) {
    return new CollapseCheckBuilder(name, request);
  }

  /** The names of the properties that decide on retries and queues, and that a failure judges. */
  public static Set<String> judgedProperties() {
    return PropertyAdvice.defaults().keySet();
  }

  /**
   * Runs all cells, one after the other, and blocks until then.
   *
   * @throws IllegalStateException if a trigger fails, if no capacity is found, or if a window has
   *     less than five requests
   */
  public CollapseReport run() throws InterruptedException {
    double capacity =
        settings.capacity() != null
            ? settings.capacity()
            : new CapacityRamp(settings.time(), settings.request(), settings.times())
                .measure(settings.rampFrom());
    log.info("{}: capacity {} requests a second", settings.name(), Math.round(capacity));
    requireFullWindows(capacity);
    List<CollapseCell> cells = new ArrayList<>();
    for (Trigger trigger : settings.triggers()) {
      for (double load : settings.loads()) {
        OpenLoop loop = loop(capacity * Math.max(1, trigger.burst()));
        CollapseCell cell = cell(loop, capacity, load, trigger);
        log.info("{}: {}", settings.name(), CellText.line(cell));
        cells.add(cell);
        rest(loop, cell);
      }
    }
    return new CollapseReport(
        settings.name(), capacity, settings.times(), cells, settings.properties());
  }

  /** The share of a few requests says nothing, and that of none is good. */
  private void requireFullWindows(double capacity) {
    double least = settings.loads().get(0) * capacity;
    Duration window = settings.times().window();
    double requests = least * window.toNanos() / 1e9;
    if (requests < MIN_REQUESTS) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s: %.1f requests in a window of %s at %.1f a second (expected: at least %d)",
              settings.name(),
              requests,
              window,
              least,
              MIN_REQUESTS));
    }
  }

  private OpenLoop loop(double perSecond) {
    Duration deadline = settings.times().deadline();
    return new OpenLoop(
        settings.time(), settings.request(), deadline, maxUnderWay(perSecond, deadline));
  }

  private CollapseCell cell(OpenLoop loop, double capacity, double load, Trigger trigger)
      throws InterruptedException {
    return new CellRun(
            settings.time(), loop, settings.times(), settings.goodShare(), capacity, load, trigger)
        .run();
  }

  /** Without load, so that a cell does not inherit the state of the one before. */
  private void rest(OpenLoop loop, CollapseCell cell) throws InterruptedException {
    Time time = settings.time();
    if (!cell.isStable()) {
      Fault repair = settings.afterCollapse();
      if (repair != null) {
        try {
          repair.run();
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          throw new IllegalStateException("the repair after a collapse: " + e, e);
        }
      } else {
        time.sleepUntil(time.nanos() + settings.times().observation().toNanos());
      }
    }
    loop.awaitIdle(time.nanos() + settings.times().deadline().toNanos());
  }

  /** Twice of what is under way if each request ends at its deadline. */
  static int maxUnderWay(double perSecond, Duration deadline) {
    return (int) Math.max(100, 2 * perSecond * deadline.toNanos() / 1e9);
  }
}
