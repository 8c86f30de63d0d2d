package dev.platform.dev.tracing;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A trace collector for development.
 *
 * @param enabled whether to send all traces to a collector on this machine, and to host it at the
 *     address that the application exports to, unless another process does
 * @param zipkinUrl base URL of the Zipkin server that gets the traces while it answers
 * @param keptTraces how many of the latest traces are kept for a Zipkin that comes later; 1 to
 *     10000
 */
@ConfigurationProperties("platform.dev.tracing")
public record DevTracingProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("http://127.0.0.1:9411") URI zipkinUrl,
    @DefaultValue("200") int keptTraces) {

  public DevTracingProperties {
    if (!"http".equals(zipkinUrl.getScheme()) && !"https".equals(zipkinUrl.getScheme())) {
      throw new IllegalArgumentException(
          "platform.dev.tracing.zipkin-url: " + zipkinUrl + " (expected: an http or https URL)");
    }
    if (keptTraces < 1 || keptTraces > 10_000) {
      throw new IllegalArgumentException(
          "platform.dev.tracing.kept-traces: " + keptTraces + " (expected: 1 to 10000)");
    }
  }
}
