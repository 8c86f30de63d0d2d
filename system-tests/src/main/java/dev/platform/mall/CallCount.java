package dev.platform.mall;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** Reads from an instance's Prometheus page how many calls of a gRPC service it has served. */
final class CallCount {

  /** Counters of served calls, by what records them; the first that is there is read. */
  private static final List<String> COUNTERS =
      List.of(
          "rpc_server_call_duration_seconds_count",
          "grpc_server_processing_duration_seconds_count",
          "grpc_server_seconds_count");

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
    for (String counter : COUNTERS) {
      List<String> series =
          page.lines().filter(line -> line.startsWith(counter + "{") && isOurs(line)).toList();
      if (!series.isEmpty()) {
        return series.stream().mapToLong(CallCount::value).sum();
      }
    }
    return 0;
  }

  private boolean isOurs(String series) {
    return series.contains("\"" + grpcService + "\"") || series.contains("\"" + grpcService + "/");
  }

  private static long value(String series) {
    return (long) Double.parseDouble(series.substring(series.lastIndexOf('}') + 1).trim());
  }
}
