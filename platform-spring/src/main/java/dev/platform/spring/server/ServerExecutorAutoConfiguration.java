package dev.platform.spring.server;

import dev.platform.core.concurrent.HandlerPool;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnJava;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.system.JavaVersion;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * Gives the gRPC server threads: a bounded pool of them, or virtual ones with {@code
 * spring.threads.virtual.enabled}. Off with {@code platform.grpc.server-executor.enabled=false}.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "platform.grpc.server-executor.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ServerExecutorProperties.class)
public final class ServerExecutorAutoConfiguration {

  @Configuration(proxyBeanMethods = false)
  @Conditional(NoVirtualThreads.class)
  static class Pooled {

    @Bean(destroyMethod = "shutdown")
    HandlerThreads grpcServerThreads(ServerExecutorProperties properties) {
      return new HandlerThreads(new HandlerPool(properties.maxThreads()));
    }

    @Bean
    ServerExecutor grpcServerExecutor(HandlerThreads threads, ServerExecutorProperties properties) {
      return new ServerExecutor(threads.pool(), properties.nonBlockingMethods());
    }

    @Bean
    MeterBinder serverExecutorMetrics(HandlerThreads threads) {
      return new HandlerPoolMetrics(threads.pool());
    }
  }

  /** Not a bean of type Executor: Spring's own executors would back off. */
  record HandlerThreads(HandlerPool pool) {
    void shutdown() {
      pool.shutdown();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBooleanProperty("spring.threads.virtual.enabled")
  @ConditionalOnJava(JavaVersion.TWENTY_ONE)
  static class Virtual {

    @Bean
    ServerExecutor grpcServerExecutor(ServerExecutorProperties properties) {
      return new ServerExecutor(
          new VirtualThreadTaskExecutor("grpc-server-"), properties.nonBlockingMethods());
    }
  }

  /** The same condition as Boot's, whose type differs between its generations. */
  static final class NoVirtualThreads extends NoneNestedConditions {

    NoVirtualThreads() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnBooleanProperty("spring.threads.virtual.enabled")
    @ConditionalOnJava(JavaVersion.TWENTY_ONE)
    static final class VirtualThreads {}
  }
}
