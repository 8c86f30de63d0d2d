package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.platform.contracts.order.v1.OrderStatus;
import dev.platform.order.FakeMall.Paying;
import dev.platform.order.api.OpenStreams;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

class EdgeEventsTest extends EdgeTest {

  @Autowired private ApplicationContext context;

  @Test
  void streamsAllEventsLiveAndThenEnds() {
    String orderId = place(order("p-mug", 1)).getOrderId();

    HttpResponse<String> answer = send(to(events(orderId)));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/event-stream");
    assertThat(lines(answer.body(), "id:")).containsExactly("1", "2", "3", "4");
    assertThat(lines(answer.body(), "data:"))
        .extracting(data -> json(data).get("status").textValue())
        .containsExactly(
            "ORDER_STATUS_CREATED",
            "ORDER_STATUS_PAID",
            "ORDER_STATUS_SHIPPED",
            "ORDER_STATUS_COMPLETED");
  }

  @Test
  void resumesAfterTheLastEventSeen() {
    String orderId = place(order("p-mug", 1)).getOrderId();

    HttpResponse<String> answer = send(to(events(orderId)).header("Last-Event-ID", "2"));

    assertThat(lines(answer.body(), "id:")).containsExactly("3", "4");
  }

  @Test
  void stopsABrowsersReconnectsAfterTheLastEvent() {
    String orderId = place(order("p-mug", 1)).getOrderId();
    awaitStatus(orderId, OrderStatus.ORDER_STATUS_COMPLETED);

    HttpResponse<String> answer = send(to(events(orderId)).header("Last-Event-ID", "4"));

    assertThat(answer.statusCode()).isEqualTo(204);
  }

  @Test
  void refusesBeforeTheStreamBegins() {
    JsonNode unknown = problem(send(to(events("o-9")).header("Accept", "text/event-stream")), 404);
    assertThat(unknown.get("detail").textValue()).isEqualTo("order_id is unknown: o-9");

    for (String id : new String[] {"x", "-1", "99999999999999999999"}) {
      JsonNode problem = problem(send(to(events("o-9")).header("Last-Event-ID", id)), 400);
      assertThat(problem.get("detail").textValue())
          .isEqualTo("Last-Event-ID must be the id of an event, a whole number from 0: " + id);
    }
  }

  @Test
  void endsAtTheClientsDeadlineAndReportsIt() {
    HttpResponse<String> answer = send(to(events(pendingOrder())).header("Grpc-Timeout", "2S"));

    assertThat(lines(answer.body(), "id:")).containsExactly("1");
    assertThat(lines(answer.body(), "event:")).containsExactly("problem");
    List<String> data = lines(answer.body(), "data:");
    assertThat(json(data.get(data.size() - 1)).get("code").textValue())
        .isEqualTo("DEADLINE_EXCEEDED");
  }

  @Test
  void detectsADisconnectedClient() throws IOException {
    String orderId = pendingOrder();
    Awaitility.await().atMost(SOON).until(() -> openWatches() == 0);
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), httpPort)) {
      client
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .formatted(events(orderId))
                  .getBytes(StandardCharsets.US_ASCII));
      Awaitility.await().atMost(SOON).until(() -> openWatches() == 1);
    }

    Awaitility.await().atMost(SOON).until(() -> openWatches() == 0);
  }

  @Test
  void pinsNoThreadWhileIdle() throws IOException {
    String orderId = pendingOrder();
    // Streams of earlier tests may still be ending.
    Awaitility.await().atMost(SOON).until(() -> openWatches() == 0);
    int threads = Thread.activeCount();
    List<HttpResponse<InputStream>> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        clients.add(open(to(events(orderId))));
      }
      Awaitility.await().atMost(SOON).until(() -> openWatches() == 300);
      // Tomcat has at most 200 threads; the pools of gRPC and of this client have a few.
      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(busyThreads()).as("busy threads of the web server").isLessThan(5));
      assertThat(send(to("/api/orders/" + orderId)).statusCode()).isEqualTo(200);
      assertThat(Thread.activeCount()).isLessThan(threads + 100);
    } finally {
      for (HttpResponse<InputStream> client : clients) {
        client.body().close();
      }
    }
    Awaitility.await().atMost(SOON).until(() -> openWatches() == 0);
  }

  private static long busyThreads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> entry.getKey().getName().startsWith("http-nio"))
        .filter(entry -> List.of(entry.getValue()).toString().contains("StandardWrapperValve"))
        .count();
  }

  /** An order that stays CREATED, since its payment can't be read. */
  private String pendingOrder() {
    MALL.paying.put(user, Paying.LOSES_ANSWER);
    MALL.paymentRecordsAway.add(user);
    refusalOf(order("p-mug", 1));
    return onlyOrder();
  }

  private int openWatches() {
    return OpenStreams.watches(context);
  }

  private static String events(String orderId) {
    return "/api/orders/" + orderId + "/events";
  }

  private static List<String> lines(String stream, String field) {
    return stream
        .lines()
        .filter(line -> line.startsWith(field))
        .map(line -> line.substring(field.length()))
        .toList();
  }
}
