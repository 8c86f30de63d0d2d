package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The app's HTTP API. */
abstract class EdgeTest extends MallTest {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  @LocalServerPort protected int httpPort;

  protected HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path)).timeout(SOON);
  }

  protected HttpRequest.Builder post(BodyPublisher body) {
    return to("/api/orders").header("Content-Type", "application/json").POST(body);
  }

  protected HttpRequest.Builder post(String body) {
    return post(BodyPublishers.ofString(body));
  }

  /** An order of one product, as JSON. */
  protected String orderJson(String productId, int quantity) {
    return """
        {"userId": "%s", "items": [{"productId": "%s", "quantity": %d}]}"""
        .formatted(user, productId, quantity);
  }

  protected HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Leaves the body unread; the caller may read it. */
  protected HttpResponse<InputStream> open(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  protected static JsonNode json(HttpResponse<String> response) {
    return json(response.body());
  }

  protected static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }

  /** The problem in an error response; asserts its format, and that it reveals no internals. */
  protected static JsonNode problem(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(response.body()).doesNotContain("Exception", "\tat ", "dev.platform");
    JsonNode problem = json(response);
    assertThat(problem.get("status").intValue()).isEqualTo(status);
    return problem;
  }
}
