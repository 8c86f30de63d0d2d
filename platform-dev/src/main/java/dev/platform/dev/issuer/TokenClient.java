package dev.platform.dev.issuer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** Gets tokens from a development issuer. */
public final class TokenClient {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private TokenClient() {}

  /**
   * A token for this subject. Blocks for ten seconds at most.
   *
   * @param issuer the issuer's URI
   * @param roles separated by spaces or commas; may be empty
   * @throws IOException if the issuer does not answer, or refuses
   */
  public static String token(String issuer, String subject, String roles) throws IOException {
    String form =
        Map.of(
                "grant_type", TokenIssuer.DEVELOPMENT_GRANT,
                "subject", subject,
                "roles", roles)
            .entrySet()
            .stream()
            .map(each -> each.getKey() + "=" + encoded(each.getValue()))
            .collect(Collectors.joining("&"));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(issuer + "/token"))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build();
    HttpResponse<String> response = send(issuer, request);
    JsonNode answer = new ObjectMapper().readTree(response.body());
    if (response.statusCode() != 200) {
      throw new IOException(
          "the issuer refused: " + answer.path("error_description").asText(response.body()));
    }
    return answer.path("access_token").asText();
  }

  private static HttpResponse<String> send(String issuer, HttpRequest request) throws IOException {
    try {
      return HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          .build()
          .send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      throw new IOException("no development issuer answers at " + issuer, e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
