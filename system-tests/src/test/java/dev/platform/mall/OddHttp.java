package dev.platform.mall;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;

/** Malformed HTTP requests to order-app, byte by byte. */
final class OddHttp {

  private static final List<String> METHODS =
      List.of(
          "GET", "GET", "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "ODD");

  private static final List<String> PATHS =
      List.of(
          "/api/orders",
          "/api/products",
          "/api/platform",
          "/",
          "/actuator/health",
          "/actuator/nothing",
          "/api/orders/",
          "/api/orders//events",
          "/api/orders/%00",
          "/api/orders/%",
          "/api/orders/%zz",
          "/api/orders/%ff%fe",
          "/api/orders/%ed%a0%80",
          "/api/orders/a%2fb",
          "/api/orders/a;b=c",
          "/api/orders/..%2f..%2factuator",
          "/../../etc/passwd",
          "/api/orders/" + "x".repeat(129),
          "/api/orders/" + "x".repeat(20_000),
          "/index.html",
          "/error",
          "*",
          "http://elsewhere/api/orders",
          "/api/orders?a=%zz&&=",
          "/api/orders/\u00fc",
          "no-slash");

  private static final List<String> HEADERS =
      List.of(
          "Content-Type: application/json",
          "Content-Type: application/json; charset=nonsense",
          "Content-Type: application/json;",
          "Content-Type: nonsense",
          "Content-Type: */*",
          "Content-Type: multipart/form-data",
          "Content-Type: application/x-www-form-urlencoded",
          "Accept: nonsense",
          "Accept: text/plain",
          "Accept: application/xml;q=x",
          "Accept: text/event-stream",
          "Accept: application/json;q=-1",
          "Accept-Encoding: gzip;q=x, *;q=0",
          "Accept-Language: \u00ff-\u0080",
          "Last-Event-ID: -1",
          "Last-Event-ID: 99999999999999999999",
          "Last-Event-ID: \u00e9\u0085",
          "Last-Event-ID:",
          "Last-Event-ID: 9223372036854775807",
          "Grpc-Timeout: 0n",
          "Grpc-Timeout: 1n",
          "Grpc-Timeout: 99999999H",
          "Grpc-Timeout: -1S",
          "Grpc-Timeout: S",
          "Grpc-Timeout: \u0660S",
          "Idempotency-Key: \"\"",
          "Idempotency-Key: \"",
          "Idempotency-Key: \u0080\u0099",
          "Idempotency-Key: " + "k".repeat(129),
          "Idempotency-Key: k-1",
          "traceparent: 00-00000000000000000000000000000000-0000000000000000-00",
          "traceparent: ff-x",
          "traceparent: 00-" + "g".repeat(32) + "-" + "h".repeat(16) + "-zz",
          "tracestate: " + "a=b,".repeat(200),
          "baggage: ;;=,=",
          "X-Forwarded-For: \"",
          "Forwarded: for=\"",
          "If-None-Match: \"",
          "If-Modified-Since: yesterday",
          "Range: bytes=9-1",
          "Range: bytes=99999999999999999999-",
          "Range: nonsense",
          "Expect: 200-nothing",
          "Cookie: =;=;\u0001",
          "Authorization: Basic ====",
          "Origin: null",
          "Transfer-Encoding: nonsense",
          "Content-Length: -1",
          "Content-Length: many",
          "Upgrade: h2c",
          "X: " + "y".repeat(20_000),
          "no colon",
          ": no name",
          "Sp ace: x",
          "Host: two");

  private static final List<String> BODIES =
      List.of(
          "",
          "null",
          "[]",
          "{",
          "\"\\ud800\"",
          "{\"userId\":\"\\ud800\",\"items\":[{\"productId\":\"p-4\",\"quantity\":1}]}",
          "{\"userId\":\"u\",\"items\":[{\"productId\":\"\\udc00p\",\"quantity\":1}]}",
          "{\"userId\":\"u\",\"idempotencyKey\":\"\\ud83d\",\"items\":[{\"productId\":\"p-4\"}]}",
          "[".repeat(5000),
          "{\"userId\":" + "9".repeat(2000) + "}",
          "{\"items\":[{\"quantity\":1e2147483648}]}",
          "\u0000",
          "\ufeff{}");

  private static final int TOO_LARGE = 1_200_000;

  /**
   * A request.
   *
   * @param bytes all bytes to send before the client half-closes
   * @param order whether it may place an order
   */
  record Request(byte[] bytes, boolean order) {}

  private final Random random;
  private final OddMessages messages;
  private final List<String> known;

  OddHttp(Random random, List<String> known) {
    this.random = random;
    this.known = known;
    this.messages = new OddMessages(random, known);
  }

  Request request() {
    boolean order = random.nextBoolean();
    String line = order ? "POST /api/orders HTTP/1.1" : line();
    StringBuilder head = new StringBuilder(line + "\r\n");
    if (random.nextInt(50) != 0) {
      head.append("Host: 127.0.0.1\r\n");
    }
    head.append("Connection: close\r\n");
    if (order && random.nextInt(10) != 0) {
      head.append("Content-Type: application/json\r\n");
    }
    for (int i = random.nextInt(order ? 5 : 3) - 2; i > 0; i--) {
      head.append(pick(HEADERS)).append("\r\n");
    }
    byte[] body = order || random.nextInt(5) == 0 ? body() : new byte[0];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (order && random.nextInt(8) == 0) {
      chunked(head, body, out);
    } else {
      if (body.length > 0 || order) {
        // Sometimes differs from the body's length.
        int wrong = random.nextInt(15) == 0 ? random.nextInt(41) - 20 : 0;
        head.append("Content-Length: ").append(Math.max(0, body.length + wrong)).append("\r\n");
      }
      out.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
      out.writeBytes(body);
    }
    byte[] bytes = out.toByteArray();
    return new Request(random.nextInt(40) == 0 ? messages.mutated(bytes) : bytes, order);
  }

  private String line() {
    String path =
        random.nextInt(3) == 0
            ? "/api/orders/" + pick(known) + (random.nextBoolean() ? "/events" : "")
            : pick(PATHS);
    String version =
        random.nextInt(40) == 0 ? pick(List.of("HTTP/9.9", "HTTP/1.0", "", "X")) : "HTTP/1.1";
    return pick(METHODS) + " " + path + " " + version;
  }

  private byte[] body() {
    int kind = random.nextInt(500);
    if (kind == 0) {
      return " ".repeat(TOO_LARGE).getBytes(UTF_8);
    }
    if (kind < 40) {
      return messages.garbage(random.nextInt(100));
    }
    if (kind < 150) {
      return pick(BODIES).getBytes(UTF_8);
    }
    byte[] json = json().getBytes(UTF_8);
    return kind < 320 ? messages.mutated(json) : json;
  }

  private String json() {
    try {
      return JsonFormat.printer().print(messages.message(CreateOrderRequest.getDescriptor()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private void chunked(StringBuilder head, byte[] body, ByteArrayOutputStream out) {
    head.append("Transfer-Encoding: chunked\r\n\r\n");
    out.writeBytes(head.toString().getBytes(ISO_8859_1));
    String size =
        random.nextInt(4) == 0
            ? pick(List.of("zz", "-1", "ffffffffff", ""))
            : Integer.toHexString(body.length);
    out.writeBytes((size + "\r\n").getBytes(ISO_8859_1));
    out.writeBytes(body);
    out.writeBytes((random.nextInt(4) == 0 ? "" : "\r\n0\r\n\r\n").getBytes(ISO_8859_1));
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
