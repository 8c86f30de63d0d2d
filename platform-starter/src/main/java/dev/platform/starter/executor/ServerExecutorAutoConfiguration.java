package dev.platform.starter.executor;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import java.util.concurrent.ForkJoinPool;
import net.devh.boot.grpc.server.serverfactory.GrpcServerConfigurer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.autoconfigure.thread.Threading;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
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
  @ConditionalOnThreading(Threading.PLATFORM)
  static class Pooled {

    @Bean(destroyMethod = "shutdown")
    HandlerThreads grpcServerThreads(ServerExecutorProperties properties) {
      return new HandlerThreads(HandlerThread.pool(properties.maxThreads()));
    }

    /** Before others, so that an executor of the application's own wins. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    GrpcServerConfigurer serverExecutorConfigurer(HandlerThreads threads) {
      return server -> server.executor(threads.pool());
    }

    @Bean
    MeterBinder serverExecutorMetrics(HandlerThreads threads) {
      return new ExecutorServiceMetrics(threads.pool(), "grpc-server", Tags.empty());
    }
  }

  /** Not a bean of type Executor: Spring's own executors would stay away. */
  record HandlerThreads(ForkJoinPool pool) {

    void shutdown() {
      pool.shutdown();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnThreading(Threading.VIRTUAL)
  static class Virtual {

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    GrpcServerConfigurer serverExecutorConfigurer() {
      VirtualThreadTaskExecutor threads = new VirtualThreadTaskExecutor("grpc-server-");
      return server -> server.executor(threads);
    }
  }
}
