package dev.platform.core.telemetry;

import io.opentelemetry.api.trace.SpanKind;

/** The side on which a call is observed. */
public enum CallSide {
  CLIENT(SpanKind.CLIENT, "rpc.client.call.duration", "Calls made, by how they ended"),
  SERVER(SpanKind.SERVER, "rpc.server.call.duration", "Calls served, by how they ended");

  private final SpanKind kind;
  private final String timer;
  private final String description;

  CallSide(SpanKind kind, String timer, String description) {
    this.kind = kind;
    this.timer = timer;
    this.description = description;
  }

  SpanKind kind() {
    return kind;
  }

  String timer() {
    return timer;
  }

  String description() {
    return description;
  }
}
