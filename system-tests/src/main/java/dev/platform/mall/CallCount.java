package dev.platform.mall;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Reads the number of served calls of a gRPC service from an instance's Prometheus page. */
final class CallCount {

  private static final String COUNTER = "rpc_server_call_duration_seconds_count";

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final String grpcService;

  CallCount(String grpcService) {
    this.grpcService = grpcService;
  }

  long at(Instance instance) throws IOException, InterruptedException {
    URI page =
        URI.create(
            "http://" + instance.host() + ":" + instance.httpPort() + "/actuator/prometheus");
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(page).timeout(TIMEOUT).build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(page + " answered " + response.statusCode());
    }
    return in(response.body());
  }

  /** Adds up all series of the service; 0 when it has served none. */
  long in(String page) {
    return page.lines()
        .filter(line -> line.startsWith(COUNTER + "{") && isOurs(line))
        .mapToLong(CallCount::value)
        .sum();
  }

  private boolean isOurs(String series) {
    return series.contains("\"" + grpcService + "/");
  }

  private static long value(String series) {
    return (long) Double.parseDouble(series.substring(series.lastIndexOf('}') + 1).trim());
  }
}
