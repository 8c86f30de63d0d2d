package dev.platform.benchmarks;

import java.net.URI;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** A client-only application with discovery: the starter with its defaults. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class StarterApp {

  /** Starts an application that balances with {@code policy}. */
  static ConfigurableApplicationContext start(URI etcd, String policy) {
    return new SpringApplicationBuilder(StarterApp.class)
        .web(WebApplicationType.NONE)
        .bannerMode(Banner.Mode.OFF)
        .run(
            "--spring.application.name=benchmark",
            "--logging.level.root=warn",
            "--grpc.server.port=-1",
            "--management.tracing.enabled=false",
            "--platform.registry.enabled=false",
            // Deletions by a benchmark are not an outage, whatever their number.
            "--platform.discovery.hold.time=0s",
            "--platform.etcd.endpoints=" + etcd,
            "--platform.grpc.load-balancing=" + policy);
  }
}
