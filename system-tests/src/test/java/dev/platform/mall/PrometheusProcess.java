package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A Prometheus with the rules of the repository, on loopback. */
final class PrometheusProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int STEP_SECONDS = 2;

  private final int port = Ports.free();
  private final Path folder;
  private final Instant startedAt = Instant.now();
  private final AppProcess process;

  /** A process that is scraped. */
  record Target(List<String> targets, Map<String, String> labels) {

    /** An instance of a service in an installation, as the chart's scrapes name them. */
    static Target of(String service, String address) {
      return new Target(
          List.of(address), Map.of("job", service, "namespace", "shop", "release", "mall"));
    }
  }

  /**
   * Starts one that also takes remote writes, and waits until it is ready.
   *
   * @param folder for its data, configuration and log; it must not exist
   * @param rules the content of its rules' file
   */
  PrometheusProcess(Path folder, String rules) throws IOException {
    this.folder = Files.createDirectories(folder).toAbsolutePath();
    Files.copy(
        ObservabilityPrograms.FOLDER.resolve("prometheus.yml"),
        this.folder.resolve("prometheus.yml"));
    Files.writeString(this.folder.resolve("rules.yml"), rules);
    scrape(List.of());
    process =
        ObservabilityPrograms.start(
            "prometheus",
            List.of(
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=data",
                "--web.listen-address=127.0.0.1:" + port,
                "--web.enable-remote-write-receiver",
                "--enable-feature=exemplar-storage"),
            Map.of(),
            this.folder,
            at("/-/ready"));
  }

  /** The URL of its remote write. */
  String remoteWriteUrl() {
    return at("/api/v1/write").toString();
  }

  /** From now on it scrapes these, and no others. */
  void scrape(List<Target> targets) throws IOException {
    Path fresh = folder.resolve("instances.json.new");
    JSON.writeValue(fresh.toFile(), targets);
    Files.move(fresh, folder.resolve("instances.json"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The series of an expression, now. */
  JsonNode query(String expression) throws IOException, InterruptedException {
    return get("/api/v1/query?query=" + encoded(expression)).path("result");
  }

  /** The series of an expression, since the start. */
  JsonNode history(String expression) throws IOException, InterruptedException {
    return get("/api/v1/query_range?query=%s&start=%d&end=%d&step=%d"
            .formatted(
                encoded(expression),
                startedAt.getEpochSecond(),
                Instant.now().getEpochSecond(),
                STEP_SECONDS))
        .path("result");
  }

  /** The values of a label, as the variables of a dashboard ask for them. */
  Set<String> values(String label, String selector) throws IOException, InterruptedException {
    Set<String> values = new TreeSet<>();
    get("/api/v1/label/" + label + "/values?match%5B%5D=" + encoded(selector))
        .forEach(value -> values.add(value.asText()));
    return values;
  }

  /** Alert and {@code job} of each alert that fires. */
  Set<String> firing() throws IOException, InterruptedException {
    Set<String> firing = new TreeSet<>();
    for (JsonNode alert : get("/api/v1/alerts").path("alerts")) {
      if (alert.path("state").asText().equals("firing")) {
        firing.add(
            alert.at("/labels/alertname").asText() + " of " + alert.at("/labels/job").asText());
      }
    }
    return firing;
  }

  /** The rules with their state. */
  List<JsonNode> rules() throws IOException, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode group : get("/api/v1/rules").path("groups")) {
      group.path("rules").forEach(all::add);
    }
    return all;
  }

  /** Exemplars of an expression's series since the start. */
  JsonNode exemplars(String expression) throws IOException, InterruptedException {
    return get(
        "/api/v1/query_exemplars?query=%s&start=%d&end=%d"
            .formatted(
                encoded(expression), startedAt.getEpochSecond(), Instant.now().getEpochSecond()));
  }

  /** From now on it does not answer. */
  void freeze() {
    process.freeze();
  }

  /** Ends {@link #freeze()}. */
  void thaw() {
    process.thaw();
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HTTP.send(HttpRequest.newBuilder(at(path)).timeout(LIMIT).build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("data");
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.close();
  }
}
