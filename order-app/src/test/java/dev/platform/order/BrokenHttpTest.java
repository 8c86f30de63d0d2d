package dev.platform.order;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Malformed requests that no HTTP client library can send. */
class BrokenHttpTest extends EdgeTest {

  private static final String POST =
      "POST /api/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

  @AfterEach
  void nothingHappened() {
    assertThat(ordersOfUser()).isEmpty();
  }

  @Test
  void aTruncatedBodyIsReported() throws IOException {
    String answer = answerTo(POST + "Content-Length: 1000\r\n\r\n" + orderJson("p-mug", 1), true);

    assertThat(answer).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
    assertThat(answer).contains("\"detail\":\"the request is incomplete or not valid HTTP\"");
  }

  @Test
  void aStalledBodyIsReported() throws IOException {
    String answer = answerTo(POST + "Content-Length: 1000\r\n\r\n" + orderJson("p-mug", 1), false);

    assertThat(answer).startsWith("HTTP/1.1 408 ").contains("application/problem+json");
    assertThat(answer).contains("\"detail\":\"the rest of the request did not arrive in time\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz\r\n{}\r\n0\r\n\r\n", "-1\r\n{}\r\n", "ffffffffff\r\n{}", "\r\n"})
  void invalidChunksAreReported(String chunks) throws IOException {
    String answer = answerTo(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunks, true);

    assertThat(answer).startsWith("HTTP/1.1 400 ");
    assertThat(answer).contains("\"detail\":\"the request is incomplete or not valid HTTP\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/orders/% HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /api/orders/a%2fb HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /api/orders/o-1 HTTP/1.1\r\n\r\n",
        "GET /api/orders/o-1 HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /api/orders/o-1 HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void invalidHttpIsRefusedWithoutServerDetails(String request) throws IOException {
    assertThat(answerTo(request, true))
        .contains("400")
        .doesNotContain("Exception", "\tat ", "Tomcat", "org.apache");
  }

  @Test
  void theErrorPageIsNotFound() {
    problem(send(to("/error")), 404);
  }

  /** All bytes received until the server closes the connection. */
  private String answerTo(String request, boolean thenEnd) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), httpPort)) {
      socket.setSoTimeout((int) SOON.toMillis());
      socket.getOutputStream().write(request.getBytes(UTF_8));
      if (thenEnd) {
        socket.shutdownOutput();
      }
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
