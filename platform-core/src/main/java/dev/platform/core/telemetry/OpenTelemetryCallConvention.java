package dev.platform.core.telemetry;

import com.google.common.net.HostAndPort;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.ArrayList;
import java.util.List;

/** OpenTelemetry's semantic conventions for gRPC, version 1.44. */
public class OpenTelemetryCallConvention implements GrpcCallConvention {

  private static final String GRPC = "grpc";

  private final RpcKeys keys;

  /**
   * @param keys which generation of keys to write
   */
  public OpenTelemetryCallConvention(RpcKeys keys) {
    this.keys = keys;
  }

  @Override
  public String spanName(CallSide side, MethodDescriptor<?, ?> method) {
    return method.getFullMethodName();
  }

  @Override
  public Attributes startAttributes(CallSide side, MethodDescriptor<?, ?> method, String target) {
    AttributesBuilder attributes = Attributes.builder();
    for (Tag tag : call(method)) {
      attributes.put(tag.getKey(), tag.getValue());
    }
    if (side == CallSide.CLIENT) {
      HostAndPort address = address(target);
      attributes.put("server.address", address.getHost());
      if (address.hasPort()) {
        attributes.put("server.port", address.getPort());
      }
    }
    return attributes.build();
  }

  @Override
  public Attributes endAttributes(CallSide side, Code code) {
    AttributesBuilder attributes = Attributes.builder();
    if (keys.current()) {
      attributes.put("rpc.response.status_code", code.name());
    }
    if (keys.previous()) {
      attributes.put(AttributeKey.longKey("rpc.grpc.status_code"), (long) code.value());
    }
    if (isError(side, code)) {
      attributes.put("error.type", code.name());
    }
    return attributes.build();
  }

  @Override
  public Tags tags(CallSide side, MethodDescriptor<?, ?> method, String target, Code code) {
    List<Tag> tags = new ArrayList<>(call(method));
    if (side == CallSide.CLIENT) {
      tags.add(Tag.of("server.address", address(target).getHost()));
    }
    if (keys.current()) {
      tags.add(Tag.of("rpc.response.status_code", code.name()));
    }
    if (keys.previous()) {
      tags.add(Tag.of("rpc.grpc.status_code", Integer.toString(code.value())));
    }
    // Prometheus requires the same tags on all series of a meter.
    tags.add(Tag.of("error.type", isError(side, code) ? code.name() : ""));
    return Tags.of(tags);
  }

  @Override
  public boolean isError(CallSide side, Code code) {
    if (side == CallSide.CLIENT) {
      return code != Code.OK;
    }
    return switch (code) {
      case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
      default -> false;
    };
  }

  private List<Tag> call(MethodDescriptor<?, ?> method) {
    List<Tag> tags = new ArrayList<>();
    String full = method.getFullMethodName();
    if (keys.current()) {
      tags.add(Tag.of("rpc.system.name", GRPC));
      tags.add(Tag.of("rpc.method", full));
    }
    if (keys.previous()) {
      int slash = full.lastIndexOf('/');
      tags.add(Tag.of("rpc.system", GRPC));
      tags.add(Tag.of("rpc.service", full.substring(0, Math.max(0, slash))));
      if (!keys.current()) {
        tags.add(Tag.of("rpc.method", full.substring(slash + 1)));
      }
    }
    return tags;
  }

  private static HostAndPort address(String target) {
    try {
      return HostAndPort.fromString(target);
    } catch (IllegalArgumentException e) {
      // A channel may have any name.
      return HostAndPort.fromHost("_OTHER");
    }
  }
}
