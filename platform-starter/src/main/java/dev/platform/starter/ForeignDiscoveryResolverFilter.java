package dev.platform.starter;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;

/**
 * Excludes net.devh's own resolver of {@code discovery:///}: it only refreshes after failures, and
 * would become the default for every target in the JVM without a scheme.
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
