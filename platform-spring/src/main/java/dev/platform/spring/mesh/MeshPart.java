package dev.platform.spring.mesh;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.core.env.Environment;

/** A part of the platform that {@code platform.mesh.enabled} switches off. */
public enum MeshPart {
  // Not other-registries: what Spring Cloud registers elsewhere is still deferred.
  REGISTRATION(
      "platform.registry.enabled",
      "false",
      "true",
      List.of(
          "platform.registry.services",
          "platform.registry.metadata",
          "platform.registry.advertise-host",
          "platform.registry.advertise-port",
          "platform.registry.lease-ttl",
          "platform.registry.value-format",
          "platform.registry.layouts",
          "platform.registry.fail-fast")),
  DISCOVERY(
      "platform.discovery.enabled",
      "false",
      "true",
      List.of(
          "platform.discovery.hold",
          "platform.discovery.snapshot",
          "platform.discovery.unwatch-after",
          "platform.discovery.max-looked-up",
          "platform.discovery.other-registries",
          "platform.discovery.poll-interval",
          "platform.discovery.heartbeat",
          "platform.discovery.layouts")),
  BALANCING(
      "platform.grpc.load-balancing",
      "pick_first",
      "peak_ewma",
      List.of("platform.grpc.slow-start", "platform.grpc.zone")),
  PROBES("platform.grpc.avoid-silent-instances", "false", "true", List.of()),
  EJECTION(
      "platform.resilience.outlier-detection.enabled",
      "false",
      "true",
      List.of("platform.resilience.outlier-detection")),
  RETRIES(
      "platform.resilience.retry.enabled", "false", "true", List.of("platform.resilience.retry"));

  private final String property;
  private final String off;
  private final String on;
  private final List<String> settings;

  MeshPart(String property, String off, String on, List<String> settings) {
    this.property = property;
    this.off = off;
    this.on = on;
    this.settings = settings;
  }

  /** Those that are off in this application. */
  public static List<MeshPart> off(Environment environment) {
    return Arrays.stream(values()).filter(part -> part.isOff(environment)).toList();
  }

  /** The property that switches it. */
  public String property() {
    return property;
  }

  /** The property and the value that switches it on again. */
  public String on() {
    return property + "=" + on;
  }

  /** The starts of names of properties that have no effect while it is off. */
  public List<String> settings() {
    return settings;
  }

  boolean isOff(Environment environment) {
    return off.equalsIgnoreCase(environment.getProperty(property, "").trim());
  }

  /** As in a sentence. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
