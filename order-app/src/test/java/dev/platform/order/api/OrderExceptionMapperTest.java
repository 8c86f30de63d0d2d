package dev.platform.order.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import dev.platform.core.outcome.Rejection;
import dev.platform.order.domain.OrderException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.junit.jupiter.api.Test;

class OrderExceptionMapperTest {

  private final OrderExceptionMapper mapper = new OrderExceptionMapper();

  @Test
  void aDownstreamRejectionIsTheCauseOfTheStatus() {
    StatusRuntimeException refusal =
        Status.UNAVAILABLE.asRuntimeException(Rejection.CIRCUIT_BREAKER.trailers());

    StatusException status = mapper.toStatus(OrderException.refused("payment is away", refusal));

    assertThat(status).isNotNull();
    assertThat(Rejection.causeOf(status.getStatus().getCause()))
        .contains(Rejection.CIRCUIT_BREAKER);
  }

  @Test
  void theDetailsContainTheKind() throws Exception {
    StatusException status = mapper.toStatus(OrderException.invalid("items is empty"));

    assertThat(status).isNotNull();
    assertThat(status.getStatus().getDescription()).isEqualTo("items is empty");
    assertThat(StatusProto.fromThrowable(status).getDetails(0).unpack(ErrorInfo.class).getReason())
        .isEqualTo("INVALID");
  }
}
