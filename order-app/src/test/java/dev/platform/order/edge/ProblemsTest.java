package dev.platform.order.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.DebugInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.RetryInfo;
import dev.platform.contracts.money.v1.Money;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;

class ProblemsTest {

  private final ObjectMapper mapper = Jackson2ObjectMapperBuilder.json().build();
  private final Problems problems = new Problems(mapper);

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, 400, Bad Request",
    "OUT_OF_RANGE, 400, Bad Request",
    "UNAUTHENTICATED, 401, Unauthorized",
    "PERMISSION_DENIED, 403, Forbidden",
    "NOT_FOUND, 404, Not Found",
    "ALREADY_EXISTS, 409, Conflict",
    "ABORTED, 409, Conflict",
    "FAILED_PRECONDITION, 422, Unprocessable Entity",
    "RESOURCE_EXHAUSTED, 429, Too Many Requests",
    "CANCELLED, 499, Client Closed Request",
    "UNIMPLEMENTED, 501, Not Implemented",
    "UNAVAILABLE, 503, Service Unavailable",
    "DEADLINE_EXCEEDED, 504, Gateway Timeout"
  })
  void eachCodeHasItsStatusAndExplanation(Status.Code code, int status, String title)
      throws Exception {
    JsonNode problem = json(code.toStatus().withDescription("why").asRuntimeException());

    assertThat(problem.get("status").intValue()).isEqualTo(status);
    assertThat(problem.get("title").textValue()).isEqualTo(title);
    assertThat(problem.get("detail").textValue()).isEqualTo("why");
    assertThat(problem.get("code").textValue()).isEqualTo(code.name());
    assertThat(problem.has("details")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNKNOWN", "INTERNAL", "DATA_LOSS"})
  void hidesInternalErrors(Status.Code code) throws Exception {
    Message detail = RetryInfo.getDefaultInstance();

    JsonNode problem = json(failure(code, "NullPointerException at Foo.java", detail));

    assertThat(problem)
        .isEqualTo(
            mapper.readTree(
                """
                {
                  "type": "about:blank", "title": "Internal Server Error", "status": 500,
                  "detail": "internal error", "code": "INTERNAL"
                }"""));
  }

  @Test
  void forwardsErrorDetailsExceptDebugInfo() throws Exception {
    Message failure =
        PreconditionFailure.newBuilder()
            .addViolations(
                PreconditionFailure.Violation.newBuilder()
                    .setType("STOCK")
                    .setSubject("p-1")
                    .setDescription("2 left"))
            .build();

    JsonNode problem =
        json(
            failure(
                Status.Code.FAILED_PRECONDITION,
                "insufficient stock",
                failure,
                DebugInfo.newBuilder().setDetail("secret").build(),
                // A detail type outside google.rpc, without a JSON mapping.
                Money.getDefaultInstance()));

    assertThat(problem.get("details"))
        .isEqualTo(
            mapper.readTree(
                """
                [{
                  "@type": "type.googleapis.com/google.rpc.PreconditionFailure",
                  "violations": [{"type": "STOCK", "subject": "p-1", "description": "2 left"}]
                }]"""));
  }

  @Test
  void derivesRetryAfterFromRetryInfo() {
    Duration delay = Duration.newBuilder().setSeconds(2).setNanos(1).build();
    Message retry = RetryInfo.newBuilder().setRetryDelay(delay).build();

    assertThat(
            Problems.retryAfterSeconds(
                failure(Status.Code.RESOURCE_EXHAUSTED, "too many requests", retry)))
        .contains(3L);
    assertThat(Problems.retryAfterSeconds(Status.UNAVAILABLE.asRuntimeException())).isEmpty();
  }

  private JsonNode json(StatusRuntimeException failure) throws Exception {
    return mapper.readTree(problems.write(problems.of(failure)));
  }

  private static StatusRuntimeException failure(
      Status.Code code, String message, Message... details) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage(message);
    for (Message detail : details) {
      status.addDetails(Any.pack(detail));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }
}
