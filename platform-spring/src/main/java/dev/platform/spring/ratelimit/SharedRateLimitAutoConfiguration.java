package dev.platform.spring.ratelimit;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.ratelimit.Limiters;
import dev.platform.core.ratelimit.SharedRateLimit;
import dev.platform.core.ratelimit.SharedRateLimits;
import dev.platform.core.resolver.InstanceSource;
import dev.platform.spring.discovery.DiscoveryAutoConfiguration;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Limits that all instances share through Redis, for applications with its client on the class
 * path.
 */
@AutoConfiguration(
    after = DiscoveryAutoConfiguration.class,
    afterName = {
      "io.github.resilience4j.springboot3.ratelimiter.autoconfigure.RateLimiterAutoConfiguration",
      "io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimiterAutoConfiguration"
    })
@ConditionalOnClass({Bucket4jLettuce.class, RedisClient.class})
@ConditionalOnBean(RateLimiterRegistry.class)
@ConditionalOnBooleanProperty(name = RateLimitProperties.PREFIX + ".enabled", matchIfMissing = true)
@ConditionalOnProperty(RateLimitProperties.PREFIX + ".shared.redis-uri")
@EnableConfigurationProperties(RateLimitProperties.class)
public final class SharedRateLimitAutoConfiguration {

  private static final Pattern CREDENTIALS = Pattern.compile("//[^/@]*@");

  @Bean(initMethod = "start")
  SharedRateLimits redisRateLimits(
      RateLimitProperties properties,
      RateLimiterRegistry registry,
      ObjectProvider<InstanceDirectory> directory,
      ObjectProvider<InstanceSource> discoveryClients,
      Environment environment) {
    RateLimitProperties.Shared shared = properties.shared();
    Limiters limiters = new Limiters(registry);
    Map<String, RateLimiterConfig> configs = new HashMap<>();
    for (String name : shared.limiters()) {
      String property = RateLimitProperties.PREFIX + ".shared.limiters";
      RateLimiterConfig config = limiters.named(property, name).getRateLimiterConfig();
      configs.put(name, config);
      if (name.equals(properties.server())) {
        configs.putAll(properties.ratePriorities().parts(name, config));
      }
    }
    RedisURI uri = uri(String.valueOf(shared.redisUri()));
    RedisBuckets buckets =
        new RedisBuckets(uri, "platform:rate-limit:" + application(environment), shared.timeout());
    InstanceShare instances =
        new InstanceShare(
            service(environment),
            directory.getIfAvailable(),
            discoveryClients.stream().findFirst().orElse(null));
    Double configured = shared.localShare();
    DoubleSupplier share = configured == null ? instances : () -> configured;
    Threads threads = Threads.daemons();
    ScheduledExecutorService timer = threads.timer("platform-rate-limit");
    Map<String, SharedRateLimit> limits = new HashMap<>();
    configs.forEach(
        (name, config) ->
            limits.put(
                name,
                new SharedRateLimit(
                    name, buckets.bucket(name, config), config, share, shared.timeout(), timer)));
    AutoCloseable connection =
        () -> {
          instances.close();
          buckets.close();
        };
    return new SharedRateLimits(limits, connection, timer, threads.workers("platform-rate-limit-"));
  }

  private static RedisURI uri(String uri) {
    try {
      return RedisURI.create(uri);
    } catch (IllegalArgumentException e) {
      throw new InvalidPropertyException(
          RateLimitProperties.PREFIX + ".shared.redis-uri",
          CREDENTIALS.matcher(uri).replaceAll("//***@"),
          "redis://[user:password@]host:port[/database], or rediss:// for TLS",
          e);
    }
  }

  /** The first name that this process registers. */
  private static String service(Environment environment) {
    return Binder.get(environment)
        .bind("platform.registry.services", Bindable.listOf(String.class))
        .map(names -> names.isEmpty() ? null : names.get(0))
        .orElseGet(() -> application(environment));
  }

  private static String application(Environment environment) {
    return environment.getProperty("spring.application.name", "application");
  }
}
