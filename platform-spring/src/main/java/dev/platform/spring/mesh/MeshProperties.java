package dev.platform.spring.mesh;

import static dev.platform.core.InvalidPropertyException.check;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A service mesh whose proxies balance calls, such as Envoy's. What they do as well is switched off
 * here: registration and discovery in etcd, balancing, ejection and probes of instances, retries.
 * Each part has its own property, which wins. A service is called at its name and the mesh's port.
 *
 * @param enabled whether the mesh does this work
 * @param port the port of every service in the mesh, 1 to 65535; a channel's own address wins
 */
@ConfigurationProperties("platform.mesh")
public record MeshProperties(
    @DefaultValue("false") boolean enabled, @DefaultValue("9090") int port) {

  public MeshProperties {
    check(port >= 1 && port <= 65535, "platform.mesh.port", port, "1 to 65535");
  }
}
