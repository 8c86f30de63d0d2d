package dev.platform.starter.policy;

import dev.platform.starter.deadline.DeadlineProperties;
import dev.platform.starter.retry.HedgingProperties;
import dev.platform.starter.retry.RetryProperties;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Methods that are to be hedged, and are not, or too late. */
final class HedgingPolicy implements PolicyCheck.Policy {

  private static final String METHODS = "platform.resilience.hedging.methods";

  private final Environment environment;
  private final CalledMethods called;

  HedgingPolicy(Environment environment, CalledMethods called) {
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
                  && methods.stream().allMatch(method -> hedging.delay(method, retry) == null)) {
                found.add(
                    new Finding(
                        METHODS,
                        name,
                        "what is idempotent by its proto (option idempotency_level) or by"
                            + " platform.resilience.retry.methods, and sends one message: it is not"
                            + " hedged"));
                return;
              }
              Duration timeout = timeout(name, methods, deadline);
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

  /** The longest that calls may take; null where they may take any time. */
  private static @Nullable Duration timeout(
      String name, List<MethodDescriptor<?, ?>> methods, DeadlineProperties deadline) {
    int slash = name.indexOf('/');
    Duration own = deadline.methods().get(name);
    if (own == null && slash > 0) {
      own = deadline.methods().get(name.substring(0, slash));
    }
    if (own != null) {
      return own;
    }
    boolean unary = methods.stream().allMatch(method -> method.getType() == MethodType.UNARY);
    return unary && !deadline.defaultTimeout().isZero() ? deadline.defaultTimeout() : null;
  }
}
