package dev.platform.dev.issuer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request and its answer. */
final class Exchange {

  private static final int MAX_FORM = 64 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpExchange http;

  Exchange(HttpExchange http) {
    this.http = http;
  }

  /** A request that can't be answered; the message is the answer. */
  static final class BadRequest extends RuntimeException {

    private static final long serialVersionUID = 1;
    private final String code;

    /**
     * @param code of RFC 6749, section 5.2
     */
    BadRequest(String code, String description) {
      super(description);
      this.code = code;
    }

    Map<String, Object> answer() {
      String description = getMessage();
      return Map.of("error", code, "error_description", description == null ? "" : description);
    }
  }

  boolean isPost() {
    return http.getRequestMethod().equals("POST");
  }

  Map<String, String> query() {
    return parse(http.getRequestURI().getRawQuery());
  }

  Map<String, String> form() throws IOException {
    byte[] bytes = http.getRequestBody().readNBytes(MAX_FORM + 1);
    if (bytes.length > MAX_FORM) {
      throw new BadRequest(
          "invalid_request", "the form is larger than %d bytes".formatted(MAX_FORM));
    }
    return parse(new String(bytes, StandardCharsets.UTF_8));
  }

  private static Map<String, String> parse(@Nullable String text) {
    Map<String, String> values = new HashMap<>();
    for (String pair : text == null ? new String[0] : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String name = decoded(pair.substring(0, equals));
        if (values.put(name, decoded(pair.substring(equals + 1))) != null) {
          throw new BadRequest("invalid_request", name + " is given twice");
        }
      }
    }
    return values;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadRequest("invalid_request", "the request's encoding is malformed");
    }
  }

  void json(int status, Object body) throws IOException {
    answer(status, "application/json", JSON.writeValueAsBytes(body));
  }

  void html(int status, String body) throws IOException {
    http.getResponseHeaders()
        .set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    answer(status, "text/html; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
  }

  void redirect(String location) throws IOException {
    http.getResponseHeaders().set("Location", location);
    http.sendResponseHeaders(303, -1);
  }

  private void answer(int status, String type, byte[] body) throws IOException {
    http.getResponseHeaders().set("Content-Type", type);
    http.getResponseHeaders().set("Cache-Control", "no-store");
    http.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    http.getResponseBody().write(body);
  }
}
