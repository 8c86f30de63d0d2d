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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers Helm's {@code lookup}: an API server on a loopback port that has only secrets. There is
 * one, at the address that {@code KUBECONFIG} names; tests of one JVM share it.
 */
final class Cluster {

  private static final Gson JSON = new Gson();
  private static final Map<String, ?> SECRETS_ARE_SERVED =
      Map.of(
          "kind",
          "APIResourceList",
          "apiVersion",
          "v1",
          "groupVersion",
          "v1",
          "resources",
          List.of(
              Map.of(
                  "name",
                  "secrets",
                  "singularName",
                  "secret",
                  "namespaced",
                  true,
                  "kind",
                  "Secret",
                  "verbs",
                  List.of("get", "list"))));
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

  private static final Map<String, Map<String, ?>> SECRETS = new ConcurrentHashMap<>();

  static {
    start();
  }

  private Cluster() {}

  /** Deletes all secrets. */
  static void empty() {
    SECRETS.clear();
  }

  /** Stores secrets, as a release would. */
  static void apply(Manifests manifests) {
    manifests
        .ofKind("Secret")
        .forEach(secret -> SECRETS.put(secret.namespacedName(), secret.content()));
  }

  /** Deletes a secret. */
  static void delete(String name) {
    SECRETS.remove(name);
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
    String name = path.substring(path.lastIndexOf('/') + 1);
    Map<String, ?> found =
        path.equals("/api/v1") ? SECRETS_ARE_SERVED : SECRETS.getOrDefault(name, NOT_FOUND);
    byte[] body = JSON.toJson(found).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(found == NOT_FOUND ? 404 : 200, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }
}
