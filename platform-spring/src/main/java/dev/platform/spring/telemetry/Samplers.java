package dev.platform.spring.telemetry;

import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;

/** Detects properties of samplers. */
final class Samplers {

  private Samplers() {}

  /**
   * Whether no span is ever recorded below an unrecorded one. Boot's sampler is of this kind; only
   * its description shows its parts.
   */
  static boolean followCallers(@Nullable Sampler sampler) {
    String parts = sampler == null ? "" : sampler.getDescription();
    return parts.startsWith("ParentBased{")
        && parts.contains("remoteParentNotSampled:AlwaysOffSampler")
        && parts.contains("localParentNotSampled:AlwaysOffSampler");
  }
}
