package dev.platform.spring.check;

import dev.platform.spring.deadline.DeadlineProperties;
import dev.platform.spring.retry.HedgingProperties;
import dev.platform.spring.retry.RetryProperties;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Methods that are configured for hedging and are never hedged. */
final class HedgingRule implements ConfigurationRule {

  private static final String METHODS = "platform.resilience.hedging.methods";

  private final Environment environment;
  private final CalledMethods called;

  HedgingRule(Environment environment, CalledMethods called) {
    this.environment = environment;
    this.called = called;
  }

  @Override
  public List<Finding> findings() {
    Binder binder = Binder.get(environment);
    HedgingProperties hedging =
        binder.bindOrCreate("platform.resilience.hedging", HedgingProperties.class);
    RetryProperties retry = binder.bindOrCreate("platform.resilience.retry", RetryProperties.class);
    DeadlineProperties deadline =
        binder.bindOrCreate("platform.deadline", DeadlineProperties.class);
    List<Finding> found = new ArrayList<>();
    new TreeMap<>(hedging.methods())
        .forEach(
            (name, delay) -> {
              List<MethodDescriptor<?, ?>> methods = called.methods(name);
              if (!methods.isEmpty()
                  && methods.stream()
                      .allMatch(
                          method -> hedging.settings().delay(method, retry.settings()) == null)) {
                found.add(
                    new Finding(
                        METHODS,
                        name,
                        "an idempotent method (option idempotency_level in its proto, or"
                            + " platform.resilience.retry.methods) whose client sends one message:"
                            + " this one is not hedged"));
                return;
              }
              Duration timeout = longest(methods, deadline);
              if (timeout != null && delay.compareTo(timeout) >= 0) {
                found.add(
                    new Finding(
                        METHODS + "[" + name + "]",
                        delay.toMillis() + "ms",
                        "less than the deadline of these calls, %dms: none is hedged"
                            .formatted(timeout.toMillis())));
              }
            });
    return found;
  }

  /** The longest deadline of these methods; null where one has none, or none is known. */
  private static @Nullable Duration longest(
      List<MethodDescriptor<?, ?>> methods, DeadlineProperties deadline) {
    Duration longest = null;
    for (MethodDescriptor<?, ?> method : methods) {
      Duration timeout = deadline.settings().timeout(method);
      if (timeout == null) {
        return null;
      }
      longest = longest == null || timeout.compareTo(longest) > 0 ? timeout : longest;
    }
    return longest;
  }
}
