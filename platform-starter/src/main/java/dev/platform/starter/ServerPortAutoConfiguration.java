package dev.platform.starter;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.util.List;
import net.devh.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import net.devh.boot.grpc.server.autoconfigure.GrpcServerFactoryAutoConfiguration;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.serverfactory.GrpcServerConfigurer;
import net.devh.boot.grpc.server.serverfactory.GrpcServerFactory;
import net.devh.boot.grpc.server.serverfactory.GrpcServerLifecycle;
import net.devh.boot.grpc.server.service.GrpcServiceDiscoverer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Replaces net.devh's server factory when {@code grpc.server.port} is 0, unless there is an
 * in-process server, too.
 */
@AutoConfiguration(
    after = GrpcServerAutoConfiguration.class,
    before = GrpcServerFactoryAutoConfiguration.class)
@ConditionalOnClass(NettyServerBuilder.class)
@ConditionalOnBean(GrpcServiceDiscoverer.class)
@ConditionalOnMissingBean({GrpcServerFactory.class, GrpcServerLifecycle.class})
@ConditionalOnProperty(name = "grpc.server.port", havingValue = "0")
@Conditional(ServerPortAutoConfiguration.NoServerInside.class)
public final class ServerPortAutoConfiguration {

  @Bean
  FreePortServerFactory shadedNettyGrpcServerFactory(
      GrpcServerProperties properties,
      GrpcServiceDiscoverer services,
      List<GrpcServerConfigurer> configurers) {
    FreePortServerFactory factory = new FreePortServerFactory(properties, configurers);
    services.findGrpcServices().forEach(factory::addService);
    return factory;
  }

  @Bean
  GrpcServerLifecycle shadedNettyGrpcServerLifecycle(
      FreePortServerFactory factory,
      GrpcServerProperties properties,
      ApplicationEventPublisher publisher) {
    return new GrpcServerLifecycle(factory, properties.getShutdownGracePeriod(), publisher);
  }

  static final class NoServerInside extends NoneNestedConditions {

    NoServerInside() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnProperty("grpc.server.in-process-name")
    static final class Inside {}
  }
}
