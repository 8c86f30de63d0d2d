package dev.platform.spring.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.call.MethodMap;
import dev.platform.core.priority.Priority;
import dev.platform.spring.concurrency.ConcurrencyLimitProperties;
import dev.platform.spring.deadline.DeadlineProperties;
import dev.platform.spring.ratelimit.RateLimitProperties;
import dev.platform.spring.retry.HedgingProperties;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class MethodVariablesTest {

  private static final String METHOD = "price.v1.PriceService/GetPrice";
  private static final String SERVICE = "price.v1.PriceService";

  private final StandardEnvironment environment = new StandardEnvironment();

  @Test
  void setDurations() {
    variables(
        Map.of(
            "PLATFORM_DEADLINE_METHODS_PRICE_V1_PRICESERVICE_GETPRICE", "300ms",
            "PLATFORM_DEADLINE_METHODS_PRICE_V1_PRICESERVICE", "400ms",
            "PLATFORM_DEADLINE_MINIMUMS_PRICE_V1_PRICESERVICE", "20ms",
            "PLATFORM_RESILIENCE_HEDGING_METHODS_PRICE_V1_PRICESERVICE_GETPRICE", "50ms"));

    DeadlineProperties deadline = bound("platform.deadline", DeadlineProperties.class);
    assertThat(deadline.methods().get(METHOD)).isEqualTo(Duration.ofMillis(300));
    assertThat(deadline.methods().get(SERVICE)).isEqualTo(Duration.ofMillis(400));
    assertThat(deadline.settings().minimums().get(SERVICE)).isEqualTo(Duration.ofMillis(20));
    assertThat(
            bound("platform.resilience.hedging", HedgingProperties.class)
                .settings()
                .methods()
                .get(METHOD))
        .isEqualTo(Duration.ofMillis(50));
  }

  @Test
  void setLimitersAndPriorities() {
    variables(
        Map.of(
            "PLATFORM_RESILIENCE_RATELIMIT_SERVER", "all",
            "PLATFORM_RESILIENCE_RATELIMIT_METHODS_PRICE_V1_PRICESERVICE_GETPRICE", "prices",
            "PLATFORM_RESILIENCE_RATELIMIT_PRIORITIES_PRICE_V1_PRICESERVICE_GETPRICE", "low",
            "PLATFORM_RESILIENCE_CONCURRENCYLIMIT_METHODS_PRICE_V1_PRICESERVICE", "high"));

    RateLimitProperties limits = bound(RateLimitProperties.PREFIX, RateLimitProperties.class);
    assertThat(MethodMap.of(limits.methods()).get(METHOD)).isEqualTo("prices");
    assertThat(limits.priorities().get(METHOD)).isEqualTo(Priority.LOW);
    assertThat(
            MethodMap.of(
                    bound(ConcurrencyLimitProperties.PREFIX, ConcurrencyLimitProperties.class)
                        .methods())
                .get(SERVICE))
        .isEqualTo(Priority.HIGH);
  }

  @Test
  void overrideAFileButNotTheCommandLine() {
    environment
        .getPropertySources()
        .addLast(
            new MapPropertySource(
                "file",
                Map.of(
                    "platform.deadline.methods[" + METHOD + "]", "1s",
                    "platform.deadline.methods[" + SERVICE + "]", "2s")));
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "command line", Map.of("platform.deadline.methods[" + SERVICE + "]", "5s")));
    variables(
        Map.of(
            "PLATFORM_DEADLINE_METHODS_PRICE_V1_PRICESERVICE_GETPRICE", "300ms",
            "PLATFORM_DEADLINE_METHODS_PRICE_V1_PRICESERVICE", "400ms"));

    assertThat(bound("platform.deadline", DeadlineProperties.class).methods())
        .isEqualTo(Map.of(METHOD, Duration.ofMillis(300), SERVICE, Duration.ofSeconds(5)));
  }

  @Test
  void areNamedAsSpringNamesVariables() {
    assertThat(MethodVariables.variable("platform.resilience.rate-limit.methods", METHOD))
        .isEqualTo("PLATFORM_RESILIENCE_RATELIMIT_METHODS_PRICE_V1_PRICESERVICE_GETPRICE");
  }

  private void variables(Map<String, Object> variables) {
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    new MethodVariables().addTo(environment);
  }

  private <T> T bound(String prefix, Class<T> type) {
    return Binder.get(environment).bindOrCreate(prefix, Bindable.of(type));
  }
}
