package dev.platform.starter.server;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;

/**
 * Leaves out net.devh's own resolver of {@code discovery:///}: it is refreshed by failures only,
 * and would make itself the default for every target in the JVM that has no scheme.
 */
final class ForeignDiscoveryResolverFilter implements AutoConfigurationImportFilter {

  private static final String FOREIGN =
      "net.devh.boot.grpc.client.autoconfigure.GrpcDiscoveryClientAutoConfiguration";

  @Override
  public boolean[] match(String[] classes, AutoConfigurationMetadata metadata) {
    boolean[] keep = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      keep[i] = !FOREIGN.equals(classes[i]);
    }
    return keep;
  }
}
