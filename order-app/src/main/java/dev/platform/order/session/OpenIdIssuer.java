package dev.platform.order.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The issuer's endpoints, by OpenID Connect Discovery. They are read when they are first needed,
 * and kept. Thread-safe; methods block for some seconds at most.
 */
final class OpenIdIssuer {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ObjectMapper json = new ObjectMapper();
  private final String uri;
  private volatile @Nullable Endpoints endpoints;

  OpenIdIssuer(String uri) {
    this.uri = uri;
  }

  /**
   * Where users sign in, and where codes become tokens.
   *
   * @param authorization for the browser
   * @param token for this server
   */
  record Endpoints(String authorization, String token) {}

  /**
   * The endpoints.
   *
   * @throws StatusRuntimeException UNAVAILABLE if the issuer does not answer as one
   */
  Endpoints endpoints() {
    Endpoints known = endpoints;
    if (known == null) {
      known = read();
      endpoints = known;
    }
    return known;
  }

  private Endpoints read() {
    String base = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    JsonNode metadata =
        send(HttpRequest.newBuilder(URI.create(base + "/.well-known/openid-configuration")));
    if (!metadata.path("issuer").asText().equals(uri)) {
      throw unavailable(null);
    }
    return new Endpoints(
        metadata.path("authorization_endpoint").asText(), metadata.path("token_endpoint").asText());
  }

  /**
   * The access token for a code.
   *
   * @throws StatusRuntimeException UNAVAILABLE if the issuer gives none
   */
  String accessToken(Map<String, String> exchange) {
    String form =
        exchange.entrySet().stream()
            .map(each -> each.getKey() + "=" + encoded(each.getValue()))
            .collect(Collectors.joining("&"));
    return send(HttpRequest.newBuilder(URI.create(endpoints().token()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)))
        .path("access_token")
        .asText();
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          http.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
      if (answer.statusCode() == 200) {
        return json.readTree(answer.body());
      }
      throw unavailable(new IOException("status " + answer.statusCode()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(e);
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private static StatusRuntimeException unavailable(@Nullable Exception cause) {
    return Status.UNAVAILABLE
        .withDescription("signing in is not possible at the moment")
        .withCause(cause)
        .asRuntimeException();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
