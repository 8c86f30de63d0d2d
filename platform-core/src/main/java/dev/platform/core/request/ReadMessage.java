package dev.platform.core.request;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A received message, or what is wrong with its bytes. gRPC itself ends a call whose message can't
 * be read with UNKNOWN, as if the handler had failed.
 *
 * @param message null when it can't be read
 * @param problem empty if it can be read
 */
record ReadMessage<Q>(@Nullable Q message, String problem) {

  /** Wraps another marshaller, and never fails. */
  static <Q> Marshaller<ReadMessage<Q>> marshaller(Marshaller<Q> messages) {
    return new Marshaller<>() {

      @Override
      public InputStream stream(ReadMessage<Q> value) {
        return messages.stream(Objects.requireNonNull(value.message()));
      }

      @Override
      public ReadMessage<Q> parse(InputStream stream) {
        try {
          return new ReadMessage<>(messages.parse(stream), "");
        } catch (RuntimeException e) {
          return new ReadMessage<>(null, "not a valid " + name(messages) + why(e));
        }
      }
    };
  }

  private static String name(Marshaller<?> messages) {
    return messages instanceof PrototypeMarshaller<?> known
        ? known.getMessageClass().getSimpleName()
        : "message";
  }

  /** Protobuf's messages are meant for people; those of other exceptions are not for callers. */
  private static String why(RuntimeException failure) {
    return failure.getCause() instanceof InvalidProtocolBufferException reason
        ? ": " + reason.getMessage()
        : "";
  }
}
