package dev.platform.spring.telemetry;

import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;

/** What can be known about a sampler. */
final class Samplers {

  private Samplers() {}

  /**
   * Whether nothing is ever recorded below a span that is not. Boot's sampler is of this kind; of
   * its parts only the description says something.
   */
  static boolean followCallers(@Nullable Sampler sampler) {
    String parts = sampler == null ? "" : sampler.getDescription();
    return parts.startsWith("ParentBased{")
        && parts.contains("remoteParentNotSampled:AlwaysOffSampler")
        && parts.contains("localParentNotSampled:AlwaysOffSampler");
  }
}
