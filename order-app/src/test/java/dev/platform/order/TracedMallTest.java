package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.notification.v1.NotifyResponse;
import dev.platform.dev.tracing.ReceivedSpan;
import dev.platform.dev.tracing.SpanReceiver;
import dev.platform.dev.tracing.SpanTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.ThrowingConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** The app with a trace collector: assertions use the spans exported by OTLP. */
@TestPropertySource(
    properties = {
      "mall.test.database=traced",
      "management.tracing.opentelemetry.export.schedule-delay=50ms"
    })
abstract class TracedMallTest extends FullMallTest {

  private static final SpanReceiver RECEIVER = startReceiver();

  private final Function<NotifyRequest, NotifyResponse> notifications = MALL.notifications;

  @DynamicPropertySource
  static void collector(DynamicPropertyRegistry registry) {
    registry.add("management.otlp.tracing.endpoint", RECEIVER::endpoint);
  }

  @BeforeEach
  void takeNotifications() {
    MALL.notifications = request -> NotifyResponse.newBuilder().setSequence(1).build();
  }

  @AfterEach
  void letOthersTakeThem() {
    MALL.notifications = notifications;
  }

  /** The trace id in a response's headers. */
  protected static String traceOf(HttpResponse<String> response) {
    return response.headers().firstValue("traceresponse").orElseThrow().substring(3, 35);
  }

  /** Retries until it holds, because spans arrive in batches. */
  protected static void awaitTrace(String traceId, ThrowingConsumer<SpanTree> holds) {
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(new SpanTree(RECEIVER.trace(traceId))).satisfies(holds));
  }

  /** Waits for spans of this name that are linked to a trace. */
  protected static List<ReceivedSpan> awaitLinked(String name, String traceId) {
    return Awaitility.await(name + " that is linked to " + traceId)
        .atMost(SOON)
        .until(() -> linked(name, traceId), found -> !found.isEmpty());
  }

  private static List<ReceivedSpan> linked(String name, String traceId) {
    return RECEIVER.spans().stream()
        .filter(span -> span.name().equals(name))
        .filter(span -> span.links().stream().anyMatch(link -> link.traceId().equals(traceId)))
        .toList();
  }

  private static SpanReceiver startReceiver() {
    try {
      return SpanReceiver.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
