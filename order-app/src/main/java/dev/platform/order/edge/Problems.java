package dev.platform.order.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.DebugInfo;
import com.google.rpc.ErrorDetailsProto;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;

/**
 * A failed call as problem details of RFC 9457: {@code detail} is the status' description, {@code
 * code} the gRPC code, {@code details} the rich error details, in protobuf's JSON form.
 */
final class Problems {

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(ErrorDetailsProto.getDescriptor().getMessageTypes())
                  .build());

  private final ObjectMapper mapper;

  Problems(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  ProblemDetail of(StatusRuntimeException failure) {
    Status.Code code = failure.getStatus().getCode();
    ProblemDetail problem = ProblemDetail.forStatus(HttpStatuses.of(code));
    if (HttpStatuses.isInternal(code)) {
      problem.setDetail("internal error");
      problem.setProperty("code", Status.Code.INTERNAL.name());
      return problem;
    }
    problem.setTitle(title(problem));
    problem.setDetail(describe(failure.getStatus()));
    problem.setProperty("code", code.name());
    List<JsonNode> details = details(failure);
    if (!details.isEmpty()) {
      problem.setProperty("details", details);
    }
    return problem;
  }

  /** One line of JSON. */
  String write(ProblemDetail problem) {
    try {
      return mapper.writeValueAsString(problem);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The retry delay in seconds, rounded up, if the failure has one. */
  static Optional<Long> retryAfterSeconds(StatusRuntimeException failure) {
    for (Any detail : anyDetails(failure)) {
      if (detail.is(RetryInfo.class)) {
        try {
          com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
          return Optional.of(delay.getSeconds() + (delay.getNanos() > 0 ? 1 : 0));
        } catch (InvalidProtocolBufferException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private List<JsonNode> details(StatusRuntimeException failure) {
    List<JsonNode> details = new ArrayList<>();
    for (Any detail : anyDetails(failure)) {
      if (detail.is(DebugInfo.class)) {
        continue;
      }
      try {
        details.add(mapper.readTree(PRINTER.print(detail)));
      } catch (InvalidProtocolBufferException | JsonProcessingException e) {
        // Of an unknown type, which can't be written as JSON.
        continue;
      }
    }
    return details;
  }

  private static List<Any> anyDetails(StatusRuntimeException failure) {
    com.google.rpc.@Nullable Status status = StatusProto.fromThrowable(failure);
    return status == null ? List.of() : status.getDetailsList();
  }

  private static String describe(Status status) {
    String description = status.getDescription();
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED
        && (description == null || description.contains("CallOptions deadline"))) {
      return "the request was not answered in time";
    }
    return description == null ? status.getCode().name() : description;
  }

  private static @Nullable String title(ProblemDetail problem) {
    return problem.getStatus() == 499 ? "Client Closed Request" : problem.getTitle();
  }
}
