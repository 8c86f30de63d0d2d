package dev.platform.benchmarks;

import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.spring.registry.EtcdServiceRegistry;
import java.net.URI;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** An application that registers as {@code bench}, and can deregister and register again. */
final class RegisteringApp implements AutoCloseable {

  private final ConfigurableApplicationContext context;
  private final EtcdServiceRegistry registry;
  private final EtcdRegistration registration;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class App {}

  RegisteringApp(URI etcd) {
    context =
        new SpringApplicationBuilder(App.class)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .run(
                "--spring.application.name=bench",
                "--logging.level.root=warn",
                "--grpc.server.address=127.0.0.1",
                "--grpc.server.port=0",
                "--management.tracing.enabled=false",
                "--platform.discovery.enabled=false",
                "--platform.drain.delay=0s",
                "--platform.etcd.endpoints=" + etcd);
    registry = context.getBean(EtcdServiceRegistry.class);
    registration = context.getBean(EtcdRegistration.class);
  }

  int port() {
    return registration.getPort();
  }

  /** Returns immediately. */
  void register() {
    registry.register(registration);
  }

  /** Blocks until etcd has confirmed. */
  void leave() {
    registry.deregister(registration);
  }

  @Override
  public void close() {
    context.close();
  }
}
