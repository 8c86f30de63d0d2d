package dev.platform.dev.tracing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The two endpoints of Zipkin that a reporter needs, over real HTTP. */
final class FakeZipkin implements AutoCloseable {

  private final ObjectMapper json = new ObjectMapper();
  private final List<JsonNode> spans = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  FakeZipkin(InetSocketAddress address) throws IOException {
    server = HttpServer.create(address, 0);
    server.createContext("/health", exchange -> answer(exchange, 200));
    server.createContext("/api/v2/spans", this::take);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  List<JsonNode> spans() {
    return new ArrayList<>(spans);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    json.readTree(exchange.getRequestBody()).forEach(spans::add);
    answer(exchange, 202);
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }
}
