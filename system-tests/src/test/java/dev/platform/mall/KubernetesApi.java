package dev.platform.mall;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The part of the Kubernetes API that discovery uses: services and endpoints of one namespace,
 * listed and watched over HTTP. It can restart with its data. Thread-safe.
 */
final class KubernetesApi implements AutoCloseable {

  static final String NAMESPACE = "mall";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROOT = "/api/v1/namespaces/" + NAMESPACE + "/";

  private final int port = Ports.free();
  private final Set<String> verbs = new ConcurrentSkipListSet<>();
  // guarded by this
  private final Map<String, Map<String, Object>> objects = new LinkedHashMap<>();
  // guarded by this
  private final List<Event> events = new ArrayList<>();
  // guarded by this; null while stopped
  private HttpServer server;
  // guarded by this
  private ExecutorService executor;

  private record Event(int version, String resource, Map<String, Object> json) {}

  /** Starts listening again if stopped. */
  synchronized void start() throws IOException {
    if (server == null) {
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
      executor = Executors.newCachedThreadPool();
      server.setExecutor(executor);
      server.createContext("/", this::answer);
      server.start();
    }
  }

  /** Stops, and closes all connections. */
  synchronized void stop() {
    if (server != null) {
      server.stop(0);
      executor.shutdownNow();
      server = null;
      notifyAll();
    }
  }

  /** The requests so far, such as {@code watch endpoints}: a Role has to allow these. */
  Set<String> verbs() {
    return verbs;
  }

  /**
   * A service with an HTTP port and a gRPC port, and its pods.
   *
   * @param ready addresses of ready pods
   * @param notReady addresses of other pods
   */
  synchronized void publish(
      String service, int grpcPort, List<String> ready, List<String> notReady) {
    List<Map<String, Object>> ports =
        List.of(
            Map.of("name", "http", "port", 1, "protocol", "TCP"),
            Map.of("name", "grpc", "port", grpcPort, "protocol", "TCP"));
    put("services", service, "Service", "spec", Map.of("type", "ClusterIP", "ports", ports));
    put(
        "endpoints",
        service,
        "Endpoints",
        "subsets",
        List.of(
            Map.of(
                "addresses", addresses(service, ready),
                "notReadyAddresses", addresses(service, notReady),
                "ports", ports)));
    notifyAll();
  }

  /** A kubeconfig for this server. */
  Path kubeconfig(Path folder) throws IOException {
    Files.createDirectories(folder);
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{name: test, cluster: {server: "http://127.0.0.1:%d"}}]
        contexts: [{name: test, context: {cluster: test, user: test, namespace: %s}}]
        users: [{name: test, user: {}}]
        """
            .formatted(port, NAMESPACE));
  }

  @Override
  public void close() {
    stop();
  }

  private void put(String resource, String name, String kind, String part, Object value) {
    int version = events.size() + 1;
    Map<String, Object> object =
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            kind,
            "metadata",
            Map.of(
                "name",
                name,
                "namespace",
                NAMESPACE,
                "uid",
                resource + "-" + name,
                "resourceVersion",
                Integer.toString(version)),
            part,
            value);
    boolean isNew = objects.put(resource + "/" + name, object) == null;
    events.add(
        new Event(
            version, resource, Map.of("type", isNew ? "ADDED" : "MODIFIED", "object", object)));
  }

  private static List<Map<String, Object>> addresses(String service, List<String> hosts) {
    return hosts.stream()
        .map(
            host ->
                Map.<String, Object>of(
                    "ip",
                    host,
                    "targetRef",
                    Map.of("kind", "Pod", "name", service + "-" + host, "uid", host)))
        .toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    boolean watch = query.contains("watch=true");
    try (exchange) {
      if (!path.startsWith(ROOT)) {
        verbs.add("get " + path);
        exchange.sendResponseHeaders(403, -1);
        return;
      }
      String resource = path.substring(ROOT.length());
      verbs.add((watch ? "watch " : "list ") + resource);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, 0);
      if (watch) {
        watch(resource, query, exchange.getResponseBody());
      } else {
        exchange.getResponseBody().write(list(resource));
      }
    }
  }

  private synchronized byte[] list(String resource) throws IOException {
    return JSON.writeValueAsBytes(
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            resource.equals("services") ? "ServiceList" : "EndpointsList",
            "metadata",
            Map.of("resourceVersion", Integer.toString(events.size())),
            "items",
            objects.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(resource + "/"))
                .map(Map.Entry::getValue)
                .toList()));
  }

  /** Ends when the server stops or the client disconnects. */
  private void watch(String resource, String query, OutputStream out) throws IOException {
    int seen = Integer.parseInt(query.replaceAll(".*resourceVersion=(\\d+).*", "$1"));
    HttpServer mine = current();
    try {
      while (mine != null && current() == mine) {
        List<Event> news = after(seen, mine);
        for (Event event : news) {
          seen = event.version();
          if (event.resource().equals(resource)) {
            out.write(
                (JSON.writeValueAsString(event.json()) + "\n").getBytes(StandardCharsets.UTF_8));
          }
        }
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized HttpServer current() {
    return server;
  }

  private synchronized List<Event> after(int version, HttpServer mine) throws InterruptedException {
    while (events.size() <= version && server == mine) {
      wait();
    }
    return List.copyOf(events.subList(Math.min(version, events.size()), events.size()));
  }
}
