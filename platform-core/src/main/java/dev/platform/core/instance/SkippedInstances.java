package dev.platform.core.instance;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports instances that are listed and not used: one log line and one count for each, when it
 * begins. Thread-safe, never blocks.
 */
public final class SkippedInstances implements MeterBinder {

  private static final Logger log = LoggerFactory.getLogger(SkippedInstances.class);

  /** So many lines for one list; the last line has the number of the others. */
  private static final int MAX_LINES = 10;

  /** So many of one list are remembered; while there are more, nothing further is reported. */
  private static final int MAX_KNOWN = 10_000;

  private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

  /** Why an instance is not used. */
  public enum Reason {
    /** It can't be read. */
    MALFORMED,
    /** Its address means this machine or network, not the instance's. */
    ADDRESS,
    /** Its host name does not resolve; it is looked up again. */
    UNRESOLVED
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    registries.add(registry);
  }

  /** Reports about the list of one service from one source. */
  public Report report(String service, Reason reason) {
    return new Report(service, reason);
  }

  private void count(String service, Reason reason, int skipped) {
    for (MeterRegistry registry : registries) {
      Counter.builder("platform.discovery.skipped")
          .description("How often a listed instance began not to be used")
          .tag("service", service)
          .tag("reason", reason.name().toLowerCase(Locale.ROOT))
          .register(registry)
          .increment(skipped);
    }
  }

  /** What is skipped of one list. Not thread-safe. */
  public final class Report {

    private final String service;
    private final Reason reason;
    private Set<String> known = Set.of();

    private Report(String service, Reason reason) {
      this.service = service;
      this.reason = reason;
    }

    /**
     * Replaces what is skipped now; what was not skipped before is logged and counted.
     *
     * @param skipped what names an instance, and why it is skipped: text for a log line
     */
    public void update(Map<String, String> skipped) {
      if (skipped.isEmpty() && known.isEmpty()) {
        return;
      }
      int fresh = 0;
      Set<String> next = new HashSet<>();
      for (Map.Entry<String, String> each : skipped.entrySet()) {
        boolean isNew = known.size() < MAX_KNOWN && !known.contains(each.getKey());
        if (isNew && ++fresh <= MAX_LINES) {
          log.warn("{}: {} is skipped: {}", service, each.getKey(), each.getValue());
        }
        if (next.size() < MAX_KNOWN) {
          next.add(each.getKey());
        }
      }
      known = next;
      if (fresh > MAX_LINES) {
        log.warn("{}: {} further instances are skipped", service, fresh - MAX_LINES);
      }
      if (fresh > 0) {
        count(service, reason, fresh);
      }
    }
  }
}
