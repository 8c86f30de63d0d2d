package dev.platform.helm;

import com.google.gson.Gson;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers Helm's {@code lookup}: an API server on a loopback port that has only secrets and
 * StatefulSets. There is one, at the address that {@code KUBECONFIG} names; tests of one JVM share
 * it.
 */
final class Cluster {

  private static final Gson JSON = new Gson();
  private static final Map<String, Map<String, ?>> SERVED =
      Map.of(
          "/api/v1", served("v1", "Secret", "secrets"),
          "/apis/apps/v1", served("apps/v1", "StatefulSet", "statefulsets"));

  private static final Map<String, ?> NOT_FOUND =
      Map.of(
          "kind",
          "Status",
          "apiVersion",
          "v1",
          "status",
          "Failure",
          "reason",
          "NotFound",
          "code",
          404);

  /** By kind in the plural and name, as in the API's paths. */
  private static final Map<String, Map<String, ?>> OBJECTS = new ConcurrentHashMap<>();

  static {
    start();
  }

  private Cluster() {}

  /** Deletes everything. */
  static void empty() {
    OBJECTS.clear();
  }

  /** Stores secrets and StatefulSets, as a release would. */
  static void apply(Manifests manifests) {
    manifests
        .ofKind("Secret")
        .forEach(secret -> OBJECTS.put("secrets/" + secret.namespacedName(), secret.content()));
    manifests
        .ofKind("StatefulSet")
        .forEach(set -> OBJECTS.put("statefulsets/" + set.namespacedName(), set.content()));
  }

  /** Stores a secret. */
  static void addSecret(String name, Map<String, String> values) {
    Map<String, String> data = new TreeMap<>();
    values.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    OBJECTS.put(
        "secrets/" + name,
        Map.of(
            "apiVersion", "v1", "kind", "Secret", "metadata", Map.of("name", name), "data", data));
  }

  /** The values of a secret. */
  static Map<String, String> secret(String name) {
    Map<String, ?> secret = OBJECTS.get("secrets/" + name);
    if (secret == null) {
      throw new AssertionError("Secret " + name + ": none");
    }
    Map<String, String> values = new TreeMap<>();
    Manifest.map(secret.get("data"))
        .forEach(
            (key, value) ->
                values.put(
                    key,
                    new String(
                        Base64.getDecoder().decode(value.toString()), StandardCharsets.UTF_8)));
    return values;
  }

  /** Deletes a secret. */
  static void delete(String name) {
    OBJECTS.remove("secrets/" + name);
  }

  private static Map<String, ?> served(String version, String kind, String resource) {
    return Map.of(
        "kind",
        "APIResourceList",
        "apiVersion",
        "v1",
        "groupVersion",
        version,
        "resources",
        List.of(
            Map.of(
                "name",
                resource,
                "singularName",
                kind.toLowerCase(Locale.ROOT),
                "namespaced",
                true,
                "kind",
                kind,
                "verbs",
                List.of("get", "list"))));
  }

  private static void start() {
    // Without this, each response takes 40 ms: Nagle's algorithm delays the body.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", Cluster::answer);
      server.start();
      Path kubeconfig = Path.of(System.getenv("KUBECONFIG"));
      Files.createDirectories(kubeconfig.toAbsolutePath().getParent());
      Files.writeString(
          kubeconfig,
          """
          {"apiVersion": "v1", "kind": "Config", "current-context": "it", "users": [{"name": "it", "user": {}}],
           "clusters": [{"name": "it", "cluster": {"server": "http://127.0.0.1:%d"}}],
           "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}]}
          """
              .formatted(server.getAddress().getPort()));
    } catch (IOException e) {
      throw new UncheckedIOException("the cluster does not start", e);
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String[] parts = path.split("/", -1);
    String object = parts[parts.length - 2] + "/" + parts[parts.length - 1];
    Map<String, ?> found =
        SERVED.containsKey(path) ? SERVED.get(path) : OBJECTS.getOrDefault(object, NOT_FOUND);
    byte[] body = JSON.toJson(found).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(found == NOT_FOUND ? 404 : 200, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }
}
