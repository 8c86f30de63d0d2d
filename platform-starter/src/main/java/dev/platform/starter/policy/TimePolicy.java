package dev.platform.starter.policy;

import dev.platform.starter.deadline.DeadlineProperties;
import dev.platform.starter.discovery.DiscoveryProperties;
import dev.platform.starter.drain.DrainProperties;
import dev.platform.starter.retry.RetryProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Times that only work together: deadlines and what must fit into them, the drain and its phase.
 */
final class TimePolicy implements PolicyCheck.Policy {

  private final Environment environment;
  private final CalledMethods called;

  TimePolicy(Environment environment, CalledMethods called) {
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
    Duration timeout = deadline.defaultTimeout();
    Duration max = deadline.maxTimeout();
    if (max != null && timeout.compareTo(max) > 0) {
      found.add(
          new Finding(
              "platform.deadline.default-timeout",
              text(timeout),
              "at most platform.deadline.max-timeout, " + text(max) + ", which cuts it"));
    }
    if (timeout.isZero()) {
      return;
    }
    DiscoveryProperties discovery =
        Binder.get(environment).bindOrCreate("platform.discovery", DiscoveryProperties.class);
    if (discovery.waitForFirstList().compareTo(timeout) >= 0) {
      found.add(
          new Finding(
              "platform.discovery.wait-for-first-list",
              text(discovery.waitForFirstList()),
              "less than platform.deadline.default-timeout, "
                  + text(timeout)
                  + ": callers get DEADLINE_EXCEEDED before they are told who is missing"));
    }
    RetryProperties retry =
        Binder.get(environment).bindOrCreate("platform.resilience.retry", RetryProperties.class);
    Duration pauses = pauses(retry);
    if (isAnyRetried(retry) && pauses.compareTo(timeout) >= 0) {
      found.add(
          new Finding(
              "platform.resilience.retry.max-attempts",
              retry.maxAttempts(),
              "so few that their pauses, up to %s, fit into platform.deadline.default-timeout, %s"
                  .formatted(text(pauses), text(timeout))));
    }
  }

  /** What is named counts also where the application makes its channels itself. */
  private boolean isAnyRetried(RetryProperties retry) {
    return retry.enabled()
        && (!retry.methods().isEmpty() || called.methods().stream().anyMatch(retry::isRetried));
  }

  /** The longest that all pauses between attempts may take. */
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
    return sum;
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
