package dev.platform.spring.check;

import dev.platform.spring.deadline.DeadlineProperties;
import dev.platform.spring.discovery.DiscoveryProperties;
import dev.platform.spring.drain.DrainProperties;
import dev.platform.spring.retry.RetryProperties;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Times that depend on each other: deadlines and what must fit into them, the drain and its phase.
 */
final class TimeRule implements ConfigurationRule {

  private static final String DEFAULT_TIMEOUT = "platform.deadline.default-timeout";

  private final Environment environment;
  private final CalledMethods called;

  TimeRule(Environment environment, CalledMethods called) {
    this.environment = environment;
    this.called = called;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    deadlines(
        Binder.get(environment).bindOrCreate("platform.deadline", DeadlineProperties.class), found);
    drain(Binder.get(environment).bindOrCreate("platform.drain", DrainProperties.class), found);
    return found;
  }

  private void deadlines(DeadlineProperties deadline, List<Finding> found) {
    cut(DEFAULT_TIMEOUT, deadline.defaultTimeout(), deadline, found);
    new TreeMap<>(deadline.methods())
        .forEach((name, timeout) -> cut(ofMethod(name), timeout, deadline, found));
    retries(deadline, found);
    Duration timeout = deadline.defaultTimeout();
    DiscoveryProperties discovery =
        Binder.get(environment).bindOrCreate("platform.discovery", DiscoveryProperties.class);
    if (!timeout.isZero() && discovery.waitForFirstList().compareTo(timeout) >= 0) {
      found.add(
          new Finding(
              "platform.discovery.wait-for-first-list",
              text(discovery.waitForFirstList()),
              "less than %s, ".formatted(DEFAULT_TIMEOUT)
                  + text(timeout)
                  + ": otherwise callers get DEADLINE_EXCEEDED instead of the name of"
                  + " the missing service"));
    }
  }

  private static void cut(
      String property, Duration timeout, DeadlineProperties deadline, List<Finding> found) {
    Duration max = deadline.maxTimeout();
    if (max != null && timeout.compareTo(max) > 0) {
      found.add(
          new Finding(
              property,
              text(timeout),
              "at most platform.deadline.max-timeout, " + text(max) + ", which cuts it"));
    }
  }

  private static String ofMethod(String name) {
    return "platform.deadline.methods[" + name + "]";
  }

  private void retries(DeadlineProperties deadline, List<Finding> found) {
    RetryProperties retry =
        Binder.get(environment).bindOrCreate("platform.resilience.retry", RetryProperties.class);
    Duration pauses = pauses(retry);
    retried(retry, deadline)
        .forEach(
            (property, timeout) -> {
              if (pauses.compareTo(timeout) >= 0) {
                found.add(
                    new Finding(
                        "platform.resilience.retry.max-attempts",
                        retry.maxAttempts(),
                        "so few that their pauses, up to %s, fit into %s, %s"
                            .formatted(text(pauses), property, text(timeout))));
              }
            });
  }

  /** The deadlines of calls that may be retried, by the properties that set them. */
  private Map<String, Duration> retried(RetryProperties retry, DeadlineProperties deadline) {
    Map<String, Duration> deadlines = new TreeMap<>();
    for (MethodDescriptor<?, ?> method : called.methods()) {
      Duration timeout = deadline.settings().timeout(method);
      if (retry.settings().isRetried(method) && timeout != null) {
        deadlines.put(property(deadline, method), timeout);
      }
    }
    // Methods in settings count even if the application creates its channels itself.
    boolean unknown = retry.methods().stream().anyMatch(name -> called.methods(name).isEmpty());
    if (retry.enabled() && unknown && !deadline.defaultTimeout().isZero()) {
      deadlines.put(DEFAULT_TIMEOUT, deadline.defaultTimeout());
    }
    return deadlines;
  }

  private static String property(DeadlineProperties deadline, MethodDescriptor<?, ?> method) {
    String service = method.getServiceName();
    if (deadline.methods().containsKey(method.getFullMethodName())) {
      return ofMethod(method.getFullMethodName());
    }
    return service != null && deadline.methods().containsKey(service)
        ? ofMethod(service)
        : DEFAULT_TIMEOUT;
  }

  /** The longest that all pauses between attempts may take; gRPC varies each by a fifth. */
  private static Duration pauses(RetryProperties retry) {
    Duration sum = Duration.ZERO;
    Duration pause = retry.initialBackoff();
    for (int attempt = 1; attempt < retry.maxAttempts(); attempt++) {
      sum = sum.plus(pause);
      pause = pause.multipliedBy(2);
      if (pause.compareTo(retry.maxBackoff()) > 0) {
        pause = retry.maxBackoff();
      }
    }
    return sum.multipliedBy(6).dividedBy(5);
  }

  private void drain(DrainProperties drain, List<Finding> found) {
    Duration phase =
        Binder.get(environment)
            .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
            .orElse(null);
    if (phase != null && phase.compareTo(drain.timeout()) < 0) {
      found.add(
          new Finding(
              "spring.lifecycle.timeout-per-shutdown-phase",
              text(phase),
              "more than platform.drain.timeout, " + text(drain.timeout())));
    }
    Duration needed = drain.delay().plus(drain.timeout());
    Duration grace = drain.gracePeriod();
    if (grace != null && needed.compareTo(grace) >= 0) {
      found.add(
          new Finding(
              "platform.drain.timeout",
              text(drain.timeout()),
              "with platform.drain.delay, %s, less than platform.drain.grace-period, %s, after which"
                      .formatted(text(drain.delay()), text(grace))
                  + " the process is killed"));
    }
  }

  private static String text(Duration duration) {
    return duration.toMillis() + "ms";
  }
}
