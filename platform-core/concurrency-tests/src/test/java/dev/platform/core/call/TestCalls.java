package dev.platform.core.call;

import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.Attributes;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** Calls without a channel: the test does what gRPC would do. */
public final class TestCalls {

  public static final MethodDescriptor<String, String> UNARY = method(MethodType.UNARY, "Read");

  public static final MethodDescriptor<String, String> STREAM =
      method(MethodType.SERVER_STREAMING, "Watch");

  private TestCalls() {}

  private static MethodDescriptor<String, String> method(MethodType type, String name) {
    return MethodDescriptor.newBuilder(new Unused(), new Unused())
        .setType(type)
        .setFullMethodName("test.Service/" + name)
        .build();
  }

  /** A recorder with this monotonic time. */
  public static CallRecorder recorder(LongSupplier nanoTime) {
    return new CallRecorder(
        OutcomeClassifier.standard(),
        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
        nanoTime,
        Deadline.getSystemTicker());
  }

  /** A call that ended like this. */
  public static ClientCallRecord ended(CallRecorder recorder, Status status) {
    ClientCallRecord call = new ClientCallRecord(recorder, "test-service", UNARY, null);
    call.end(status, new Metadata(), Attributes.EMPTY);
    return call;
  }

  /** An attempt that has been sent to an instance. */
  public static AttemptRecord sent(
      CallRecorder recorder, MethodDescriptor<?, ?> method, CallListener instance) {
    ClientCallRecord call = new ClientCallRecord(recorder, "test-service", method, null);
    AttemptRecord attempt =
        (AttemptRecord) call.newClientStreamTracer(StreamInfo.newBuilder().build(), new Metadata());
    attempt.picked(instance);
    attempt.streamCreated(Attributes.EMPTY, new Metadata());
    return attempt;
  }

  private static final class Unused implements Marshaller<String> {

    @Override
    public InputStream stream(String value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String parse(InputStream stream) {
      throw new UnsupportedOperationException();
    }
  }
}
