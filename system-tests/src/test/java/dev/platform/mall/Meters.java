package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;

/** Metrics and states from an app's actuator. */
record Meters(AppProcess app) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A meter's first measurement, summed over all other tags; 0 if the meter does not exist yet.
   *
   * @param tags {@code key:value}
   */
  double value(String meter, String... tags) {
    String query = tags.length == 0 ? "" : "?tag=" + String.join("&tag=", tags);
    HttpResponse<String> answer = get("/actuator/metrics/" + meter + query);
    return answer.statusCode() == 404 ? 0 : json(answer).at("/measurements/0/value").doubleValue();
  }

  /** The state of the circuit breaker of a called service; empty before the first call. */
  String breaker(String service) {
    return json(get("/actuator/circuitbreakers"))
        .path("circuitBreakers")
        .path(service)
        .path("state")
        .asText();
  }

  private HttpResponse<String> get(String path) {
    try {
      return app.get(path);
    } catch (IOException e) {
      throw new IllegalStateException(app.name() + " does not answer " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + app.name(), e);
    }
  }

  private JsonNode json(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new IllegalStateException(app.name() + " answered " + answer.body(), e);
    }
  }
}
