package dev.platform.starter.telemetry;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Spans and timers of gRPC calls.
 *
 * @param enabled whether the platform observes gRPC calls; else net.devh's starter does
 * @param keys which generation of OpenTelemetry's keys describes a call
 */
@ConfigurationProperties("platform.telemetry.grpc")
public record TelemetryProperties(
    @DefaultValue("true") boolean enabled, @DefaultValue("current") RpcKeys keys) {}
