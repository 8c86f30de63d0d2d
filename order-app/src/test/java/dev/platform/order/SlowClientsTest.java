package dev.platform.order;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.order.FakeMall.Paying;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** Clients that send slowly or keep much open, and the others that must not notice. */
// Its app's jobs would go on with the orders of later tests.
@DirtiesContext
@TestPropertySource(
    properties = {
      // The other tests' app may run at the same time.
      "grpc.server.port=0",
      "platform.http.body.timeout=1m",
      "server.tomcat.connection-timeout=1m",
      "mall.edge.max-streams-per-client=3"
    })
class SlowClientsTest extends EdgeTest {

  /** More than Tomcat has threads. */
  private static final int MANY = 230;

  @Test
  void slowPostsStopNeitherLivenessNorOtherCustomers() throws IOException {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < MANY; i++) {
        slow.add(slowPost("application/json"));
      }
      for (int i = 0; i < MANY / 5; i++) {
        slow.add(slowPost("text/plain"));
        slow.add(slowPost("application/x-www-form-urlencoded"));
      }

      assertThat(send(patient(to("/actuator/health/liveness"))).statusCode()).isEqualTo(200);
      assertThat(send(patient(to("/api/products"))).statusCode()).isEqualTo(200);
      for (int i = 0; i < 10; i++) {
        assertThat(send(patient(post(orderJson("p-mug", 1)))).statusCode()).isEqualTo(201);
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private Socket slowPost(String type) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), httpPort);
    socket
        .getOutputStream()
        .write(
            ("POST /api/orders HTTP/1.1\r\nHost: x\r\nContent-Type: "
                    + type
                    + "\r\nContent-Length: 1000\r\n\r\n{")
                .getBytes(US_ASCII));
    return socket;
  }

  /** Less than the slow ones have, more than a busy machine takes. */
  private static HttpRequest.Builder patient(HttpRequest.Builder request) {
    return request.timeout(Duration.ofSeconds(30));
  }

  @Test
  void aClientHasSoManyEventStreams() throws IOException {
    MALL.paying.put(user, Paying.LOSES_ANSWER);
    MALL.paymentRecordsAway.add(user);
    assertThat(send(post(orderJson("p-mug", 1))).statusCode()).isGreaterThanOrEqualTo(500);
    String orderId = onlyOrder();
    List<HttpResponse<InputStream>> open = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        open.add(open(to("/api/orders/" + orderId + "/events")));
      }

      problem(send(to("/api/orders/" + orderId + "/events")), 429);
    } finally {
      for (HttpResponse<InputStream> stream : open) {
        stream.body().close();
      }
    }
  }
}
