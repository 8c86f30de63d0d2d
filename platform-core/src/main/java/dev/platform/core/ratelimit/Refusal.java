package dev.platform.core.ratelimit;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import dev.platform.core.outcome.Rejection;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;

/**
 * The answer to a caller over the limit.
 *
 * @param status RESOURCE_EXHAUSTED, with the method
 * @param trailers the reason, and the delay before a retry: for gRPC's retries and, as {@code
 *     google.rpc.RetryInfo}, for other clients
 */
record Refusal(Status status, Metadata trailers) {

  private static final Metadata.Key<com.google.rpc.Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin",
          ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

  static Refusal of(String method, Duration retryAfter) {
    Status status = Status.RESOURCE_EXHAUSTED.withDescription("rate limit exceeded for " + method);
    Metadata trailers = Rejection.RATE_LIMIT.trailers(retryAfter);
    trailers.put(DETAILS, details(status, retryAfter));
    return new Refusal(status, trailers);
  }

  private static com.google.rpc.Status details(Status status, Duration retryAfter) {
    RetryInfo hint =
        RetryInfo.newBuilder()
            .setRetryDelay(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(retryAfter.toSeconds())
                    .setNanos(retryAfter.toNanosPart()))
            .build();
    return com.google.rpc.Status.newBuilder()
        .setCode(status.getCode().value())
        .setMessage(String.valueOf(status.getDescription()))
        .addDetails(Any.pack(hint))
        .build();
  }
}
