package dev.platform.spring.ratelimit;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.ratelimit.CallerLimits;
import dev.platform.core.ratelimit.Limiters;
import dev.platform.core.ratelimit.RateLimitServerInterceptor;
import dev.platform.core.ratelimit.RateLimitSettings;
import dev.platform.core.ratelimit.RateLimits;
import dev.platform.core.ratelimit.RequestNotPermittedMapper;
import dev.platform.core.ratelimit.SharedRateLimits;
import dev.platform.spring.config.ConfiguredTransport;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;

/** Rate limits of incoming calls. Nothing is limited until a property names a limiter. */
@AutoConfiguration(
    after = SharedRateLimitAutoConfiguration.class,
    afterName = {
      "io.github.resilience4j.springboot3.ratelimiter.autoconfigure.RateLimiterAutoConfiguration",
      "io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimiterAutoConfiguration"
    })
@ConditionalOnBean(RateLimiterRegistry.class)
@EnableConfigurationProperties(RateLimitProperties.class)
public final class RateLimitAutoConfiguration {

  /** Inside tracing and authentication, outside the concurrency limit. */
  static final int ORDER = 5300;

  @Bean
  Limiters limiters(RateLimiterRegistry registry) {
    return new Limiters(registry);
  }

  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  RequestNotPermittedMapper requestNotPermittedMapper(Limiters limiters) {
    return new RequestNotPermittedMapper(limiters);
  }

  @Bean
  @ConditionalOnBooleanProperty(
      name = RateLimitProperties.PREFIX + ".enabled",
      matchIfMissing = true)
  ServerLink rateLimitServerInterceptor(
      RateLimitProperties properties,
      Limiters limiters,
      SharedRateLimits shared,
      Environment environment,
      ObjectProvider<MeterRegistry> meters) {
    return new ServerLink(
        ServerStage.RATE_LIMIT,
        new RateLimitServerInterceptor(
            new RateLimits(
                callers(properties.caller(), limiters, environment),
                methods(properties, limiters),
                server(properties, limiters),
                properties.ratePriorities(),
                shared,
                meters.getIfAvailable(CompositeMeterRegistry::new)),
            shared.executor(),
            new ContextPropagatingTaskDecorator()::decorate));
  }

  @Bean(initMethod = "start")
  @ConditionalOnMissingBean
  @ConditionalOnBooleanProperty(
      name = RateLimitProperties.PREFIX + ".enabled",
      matchIfMissing = true)
  SharedRateLimits sharedRateLimits(RateLimitProperties properties) {
    RateLimitProperties.Shared shared = properties.shared();
    check(
        shared.limiters().isEmpty() || shared.redisUri() != null,
        RateLimitProperties.PREFIX + ".shared.redis-uri",
        "(none)",
        "the address of Redis, since .shared.limiters is set");
    check(
        shared.limiters().isEmpty(),
        RateLimitProperties.PREFIX + ".shared.limiters",
        shared.limiters(),
        "none, or com.bucket4j:bucket4j_jdk17-lettuce and io.lettuce:lettuce-core on the class"
            + " path");
    return SharedRateLimits.none(Threads.daemons());
  }

  private static @Nullable RateLimiter server(RateLimitProperties properties, Limiters limiters) {
    String name = properties.server();
    return name == null ? null : limiters.named(RateLimitProperties.PREFIX + ".server", name);
  }

  private static Map<String, RateLimiter> methods(
      RateLimitProperties properties, Limiters limiters) {
    Map<String, RateLimiter> methods = new HashMap<>();
    properties
        .methods()
        .forEach(
            (method, name) ->
                methods.put(
                    method,
                    limiters.named(RateLimitProperties.PREFIX + ".methods." + method, name)));
    return methods;
  }

  private static @Nullable CallerLimits callers(
      RateLimitProperties.Caller caller, Limiters limiters, Environment environment) {
    if (caller.limiter() == null) {
      return null;
    }
    RateLimiter pattern =
        limiters.named(RateLimitProperties.PREFIX + ".caller.limiter", caller.limiter());
    boolean trusted =
        caller.trustHeader() == null
            ? !ConfiguredTransport.of(environment).provesWorkloads()
            : caller.trustHeader();
    return new RateLimitSettings.Caller(
            pattern.getRateLimiterConfig(), caller.header(), trusted, caller.maxCallers())
        .limits();
  }
}
