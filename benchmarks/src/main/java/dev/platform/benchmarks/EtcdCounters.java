package dev.platform.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Reads a real etcd's counters from its metrics page. */
final class EtcdCounters {

  private static final String RANGES =
      "grpc_server_started_total{grpc_method=\"Range\",grpc_service=\"etcdserverpb.KV\","
          + "grpc_type=\"unary\"} ";

  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpRequest request;

  EtcdCounters(URI etcd) {
    request = HttpRequest.newBuilder(etcd.resolve("/metrics")).build();
  }

  /** The number of range requests so far. */
  long ranges() throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(RANGES))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(RANGES.length())))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("etcd's metrics have no " + RANGES));
  }
}
