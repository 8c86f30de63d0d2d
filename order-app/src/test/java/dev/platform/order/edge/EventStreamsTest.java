package dev.platform.order.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.platform.contracts.order.v1.OrderEvent;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class EventStreamsTest {

  private final AtomicLong nanoTime = new AtomicLong();
  private final List<StreamObserver<OrderEvent>> calls = new ArrayList<>();
  private final EventStreams streams =
      new EventStreams(
          new Problems(new ObjectMapper()),
          new Binder(
                  new MapConfigurationPropertySource(
                      Map.of(
                          "mall.edge.max-streams", "3",
                          "mall.edge.max-streams-per-client", "2",
                          "mall.edge.max-stream-time", "1m")))
              .bindOrCreate("mall.edge", EdgeProperties.class),
          nanoTime::get);

  @AfterEach
  void close() {
    streams.close();
  }

  @Test
  void oneClientMayHaveSoMany() {
    streams.open("a", calls::add);
    streams.open("a", calls::add);

    assertThatThrownBy(() -> streams.open("a", calls::add))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("RESOURCE_EXHAUSTED: too many event streams are open for one client: 2");
    streams.open("b", calls::add);
    assertThat(streams.openStreams()).isEqualTo(3);
  }

  @Test
  void allClientsTogetherMayHaveSoMany() {
    streams.open("a", calls::add);
    streams.open("b", calls::add);
    streams.open("c", calls::add);

    assertThatThrownBy(() -> streams.open("d", calls::add))
        .hasMessage("RESOURCE_EXHAUSTED: too many event streams are open here: 3");
  }

  @Test
  void aCallThatCannotBeMadeTakesNoPlace() {
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(
              () ->
                  streams.open(
                      "a",
                      call -> {
                        throw new IllegalStateException("no");
                      }))
          .hasMessage("no");
    }
    assertThat(streams.openStreams()).isZero();
    streams.open("a", calls::add);
  }

  @Test
  void aStreamEndsWhenItsTimeIsOver() {
    streams.open("a", calls::add);
    nanoTime.addAndGet(Duration.ofSeconds(59).toNanos());
    streams.open("a", calls::add);
    streams.beat();
    assertThat(streams.openStreams()).isEqualTo(2);

    nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
    streams.beat();

    assertThat(streams.openStreams()).isEqualTo(1);
    streams.open("a", calls::add);
  }
}
