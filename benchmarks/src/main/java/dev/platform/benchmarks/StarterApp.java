package dev.platform.benchmarks;

import java.net.URI;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** An application that finds others and serves nobody: the starter as a user has it. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class StarterApp {

  /** Starts one whose channels are balanced with {@code policy}. */
  static ConfigurableApplicationContext start(URI etcd, String policy) {
    return new SpringApplicationBuilder(StarterApp.class)
        .web(WebApplicationType.NONE)
        .properties(
            Map.of(
                "spring.application.name", "benchmark",
                "spring.main.banner-mode", "off",
                "logging.level.root", "warn",
                "grpc.server.port", "-1",
                "management.tracing.enabled", "false",
                "platform.registry.enabled", "false",
                "platform.etcd.endpoints", etcd.toString(),
                "platform.grpc.load-balancing", policy))
        .run();
  }
}
