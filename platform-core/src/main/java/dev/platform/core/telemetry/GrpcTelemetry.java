package dev.platform.core.telemetry;

import dev.platform.core.call.CallRecorder;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry of the calls of this process, by side, target and method. At most 1000 combinations a
 * side are distinguished. Further ones, such as the invented methods of a generic client, count as
 * one method, {@code _OTHER}. Thread-safe, never blocks.
 */
public final class GrpcTelemetry {

  static final int MOST = 1000;

  private static final MethodDescriptor<byte[], byte[]> OTHER =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setFullMethodName("_OTHER")
          .setType(MethodType.UNKNOWN)
          .setRequestMarshaller(new Nothing())
          .setResponseMarshaller(new Nothing())
          .build();

  private final GrpcCallConvention convention;
  private final CallRecorder recorder;
  private final SpanSource spans;
  private final @Nullable MeterRegistry meters;
  private final Calls served;
  private final Calls made;

  /**
   * @param recorder the time and the judgement of served calls
   * @param meters null for no timers
   */
  public GrpcTelemetry(
      GrpcCallConvention convention,
      CallRecorder recorder,
      SpanSource spans,
      Function<CallSide, CallLog> logs,
      @Nullable MeterRegistry meters) {
    this.convention = convention;
    this.recorder = recorder;
    this.spans = spans;
    this.meters = meters;
    this.served = new Calls(CallSide.SERVER, logs.apply(CallSide.SERVER));
    this.made = new Calls(CallSide.CLIENT, logs.apply(CallSide.CLIENT));
  }

  /**
   * The same for calls that nobody is to see: its meters are its own, and it logs no call. Spans
   * follow the trace that the calls are made in.
   */
  GrpcTelemetry unmetered() {
    return new GrpcTelemetry(
        convention,
        recorder,
        spans,
        side -> new CallLog(side, Duration.ZERO, () -> new LogRateLimit(0, recorder::nanoTime)),
        meters == null ? null : new SimpleMeterRegistry());
  }

  CallTelemetry served(MethodDescriptor<?, ?> method) {
    return served.of("", method);
  }

  CallTelemetry made(String target, MethodDescriptor<?, ?> method) {
    return made.of(target, method);
  }

  CallRecorder recorder() {
    return recorder;
  }

  private final class Calls {

    private final CallSide side;
    private final CallLog log;
    private final CallTelemetry others;
    private final Map<String, Map<String, CallTelemetry>> byTarget = new ConcurrentHashMap<>();

    Calls(CallSide side, CallLog log) {
      this.side = side;
      this.log = log;
      this.others = create(OTHER, "");
    }

    CallTelemetry of(String target, MethodDescriptor<?, ?> method) {
      Map<String, CallTelemetry> methods = byTarget.get(target);
      CallTelemetry known = methods == null ? null : methods.get(method.getFullMethodName());
      return known == null ? add(target, method) : known;
    }

    private CallTelemetry add(String target, MethodDescriptor<?, ?> method) {
      if (byTarget.values().stream().mapToInt(Map::size).sum() >= MOST) {
        return others;
      }
      return byTarget
          .computeIfAbsent(target, ignored -> new ConcurrentHashMap<>())
          .computeIfAbsent(method.getFullMethodName(), ignored -> create(method, target));
    }

    private CallTelemetry create(MethodDescriptor<?, ?> method, String target) {
      return new CallTelemetry(side, method, target, convention, spans, log, meters);
    }
  }

  private static final class Nothing implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      return new byte[0];
    }
  }
}
