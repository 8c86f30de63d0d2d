package dev.platform.mall;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A cluster for Helm's {@code lookup} in which there is nothing: an API server on a loopback port.
 * Its address is in the file that {@code KUBECONFIG} names.
 */
final class EmptyCluster implements AutoCloseable {

  private static final String KINDS =
      """
      {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "%s", "resources": [
       {"name": "%s", "singularName": "", "namespaced": true, "kind": "%s", "verbs": ["get", "list"]}]}
      """;

  private static final String NOT_FOUND =
      """
      {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
      """;

  private final HttpServer server;

  private EmptyCluster(HttpServer server) {
    this.server = server;
  }

  static EmptyCluster start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", EmptyCluster::answer);
    server.start();
    Path kubeconfig = Path.of(System.getenv("KUBECONFIG")).toAbsolutePath();
    Files.createDirectories(kubeconfig.getParent());
    Files.writeString(
        kubeconfig,
        """
        {"apiVersion": "v1", "kind": "Config", "current-context": "it", "users": [{"name": "it", "user": {}}],
         "clusters": [{"name": "it", "cluster": {"server": "http://127.0.0.1:%d"}}],
         "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}]}
        """
            .formatted(server.getAddress().getPort()));
    return new EmptyCluster(server);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    switch (path) {
      case "/api/v1" -> answer(exchange, 200, KINDS.formatted("v1", "secrets", "Secret"));
      case "/apis/apps/v1" ->
          answer(exchange, 200, KINDS.formatted("apps/v1", "statefulsets", "StatefulSet"));
      default -> answer(exchange, 404, NOT_FOUND);
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
