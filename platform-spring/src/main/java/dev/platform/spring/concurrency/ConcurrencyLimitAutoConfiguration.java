package dev.platform.spring.concurrency;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.concurrency.ConcurrencyLimit;
import dev.platform.core.concurrency.ConcurrencyLimitServerInterceptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Limits the concurrent calls of the gRPC server. Off until a mode is set. */
@AutoConfiguration
@EnableConfigurationProperties(ConcurrencyLimitProperties.class)
public final class ConcurrencyLimitAutoConfiguration {

  @Configuration(proxyBeanMethods = false)
  @Conditional(ModeIsSet.class)
  static class Limited {

    @Bean
    ConcurrencyLimit concurrencyLimit(ConcurrencyLimitProperties properties) {
      return switch (properties.mode()) {
        case ADAPTIVE ->
            ConcurrencyLimit.adaptive(properties.adaptive().settings(), System::nanoTime);
        case GRADIENT2 -> ConcurrencyLimit.gradient2(properties.gradient2().settings());
        case FIXED, OFF -> ConcurrencyLimit.fixed(properties.limit());
      };
    }

    @Bean
    ServerLink concurrencyLimitServerInterceptor(
        ConcurrencyLimit limit,
        ConcurrencyLimitProperties properties,
        ObjectProvider<MeterRegistry> meters) {
      return new ServerLink(
          ServerStage.CONCURRENCY_LIMIT,
          new ConcurrencyLimitServerInterceptor(
              limit,
              properties.settings(),
              meters.getIfAvailable(CompositeMeterRegistry::new),
              System::nanoTime));
    }
  }

  /** Bound, not compared: YAML reads {@code off} as false. */
  static final class ModeIsSet extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(
        ConditionContext context, AnnotatedTypeMetadata metadata) {
      String property = ConcurrencyLimitProperties.PREFIX + ".mode";
      ConcurrencyLimitProperties.Mode mode =
          Binder.get(context.getEnvironment())
              .bind(property, ConcurrencyLimitProperties.Mode.class)
              .orElse(ConcurrencyLimitProperties.Mode.OFF);
      return new ConditionOutcome(
          mode != ConcurrencyLimitProperties.Mode.OFF,
          ConditionMessage.of("%s is %s", property, mode));
    }
  }
}
