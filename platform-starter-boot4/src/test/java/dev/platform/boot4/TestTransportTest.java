package dev.platform.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.grpc.test.autoconfigure.AutoConfigureTestGrpcTransport;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.grpc.client.GrpcChannelFactory;

/** Spring's in-process test server uses the platform, too. */
@SpringBootTest(
    classes = Shop.class,
    properties = {
      "spring.application.name=shop",
      "platform.registry.enabled=false",
      "platform.discovery.enabled=false",
      "spring.main.web-application-type=none"
    })
@AutoConfigureTestGrpcTransport
class TestTransportTest {

  @Autowired private GrpcChannelFactory channels;
  @Autowired private MeterRegistry meters;

  @Test
  void mapsExceptionsAndObservesCalls() {
    RecommendationServiceBlockingStub stub =
        RecommendationServiceGrpc.newBlockingStub(channels.createChannel("any"));
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                stub.getRecommendations(
                    GetRecommendationsRequest.newBuilder().setUserId("illegal").build()));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(failure.getStatus().getDescription()).isEqualTo("ours");
    // The server may have answered before it has recorded the call.
    await()
        .untilAsserted(
            () -> assertThat(meters.get("rpc.server.call.duration").timer().count()).isEqualTo(1));
    assertThat(meters.get("rpc.client.call.duration").timer().count()).isEqualTo(1);
  }
}
