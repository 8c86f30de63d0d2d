package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.platform.dev.tracing.ReceivedSpan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Jaeger with traces in memory, on loopback. */
final class JaegerProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final int otlpPort = Ports.free();
  private final int queryPort = Ports.free();
  private final AppProcess process;

  /** Starts one, and waits until it is ready; its log is in the folder. */
  JaegerProcess(Path folder) throws IOException {
    process =
        ObservabilityPrograms.start(
            "jaeger",
            List.of("--config=" + ObservabilityPrograms.FOLDER.resolve("jaeger.yaml")),
            Map.of(
                "JAEGER_OTLP_PORT", Integer.toString(otlpPort),
                "JAEGER_QUERY_PORT", Integer.toString(queryPort),
                "JAEGER_GRPC_PORT", Integer.toString(Ports.free())),
            Files.createDirectories(folder),
            at("services"));
  }

  /** Host and port that take OTLP over gRPC. */
  String otlp() {
    return "127.0.0.1:" + otlpPort;
  }

  /** The services that it has spans of. */
  List<String> services() throws IOException, InterruptedException {
    List<String> services = new ArrayList<>();
    get("services").path("services").forEach(service -> services.add(service.asText()));
    return services;
  }

  /** The spans of a trace; empty if it has none. */
  List<ReceivedSpan> trace(String id) throws IOException, InterruptedException {
    return OtlpJson.spans(resources(id));
  }

  /** The attributes of the resources of a trace's spans. */
  List<Map<String, String>> resourcesOf(String id) throws IOException, InterruptedException {
    return OtlpJson.resources(resources(id));
  }

  private JsonNode resources(String id) throws IOException, InterruptedException {
    // As stored: without Jaeger's own changes for its page, such as the order of events.
    return get("traces/" + id + "?raw_traces=true").at("/result/resourceSpans");
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HTTP.send(HttpRequest.newBuilder(at(path)).timeout(LIMIT).build(), BodyHandlers.ofString());
    // Of a trace that it does not know: 404.
    return answer.statusCode() == 200
        ? JSON.readTree(answer.body())
        : JSON.getNodeFactory().missingNode();
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + queryPort + "/api/v3/" + path);
  }

  @Override
  public void close() {
    process.close();
  }
}
