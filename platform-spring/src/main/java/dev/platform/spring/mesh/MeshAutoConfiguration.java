package dev.platform.spring.mesh;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Calls through a service mesh, with {@code platform.mesh.enabled=true}. The defaults in {@code
 * platform-mesh-defaults.yml} switch the other parts off.
 */
@AutoConfiguration
@EnableConfigurationProperties(MeshProperties.class)
public final class MeshAutoConfiguration {

  @Bean
  @ConditionalOnBooleanProperty(name = "platform.mesh.enabled")
  MeshAddresses meshAddresses(MeshProperties properties) {
    return new MeshAddresses(properties.port());
  }
}
