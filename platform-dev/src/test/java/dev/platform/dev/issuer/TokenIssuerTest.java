package dev.platform.dev.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.platform.dev.FreePort;
import dev.platform.dev.command.DevCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoders;
import org.springframework.security.oauth2.jwt.JwtException;

/** Checked with Spring Security's decoder, as applications do. */
class TokenIssuerTest {

  private static final String REDIRECT = "http://127.0.0.1:8080/login/callback";
  private static final String VERIFIER = "a-verifier-of-at-least-forty-three-characters-long";

  private final HttpClient http = HttpClient.newHttpClient();
  private final MovableClock clock = new MovableClock();
  private TokenIssuer issuer;

  @BeforeEach
  void start() throws Exception {
    issuer = TokenIssuer.start(FreePort.find(), properties(), clock);
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  @Test
  void itsTokensAreAcceptedByADecoderThatKnowsOnlyTheIssuer() throws Exception {
    Jwt token = decoder().decode(TokenClient.token(issuer.uri(), "ana", "customer, stock-admin"));

    assertThat(token.getSubject()).isEqualTo("ana");
    assertThat(token.getAudience()).containsExactly("mall");
    assertThat(token.getClaimAsStringList("roles")).containsExactly("customer", "stock-admin");
    assertThat(token.getExpiresAt()).isEqualTo(token.getIssuedAt().plus(Duration.ofHours(1)));
  }

  @Test
  void clientsGetTokensOfTheirOwn() throws Exception {
    JsonNode answer =
        json(post("/token", Map.of("grant_type", "client_credentials", "client_id", "importer")));

    assertThat(decoder().decode(answer.path("access_token").asText()).getSubject())
        .isEqualTo("importer");
    assertThat(answer.path("expires_in").asInt()).isEqualTo(3600);
  }

  @Test
  void tokensOutliveOneRotationOfTheKeysAndNotTwo() throws Exception {
    JwtDecoder decoder = decoder();
    String first = TokenClient.token(issuer.uri(), "ana", "");
    assertThat(decoder.decode(first).getSubject()).isEqualTo("ana");

    assertThat(post("/rotate", Map.of()).statusCode()).isEqualTo(200);

    String second = TokenClient.token(issuer.uri(), "ben", "");
    assertThat(decoder.decode(second).getSubject()).isEqualTo("ben");
    assertThat(decoder.decode(first).getSubject()).isEqualTo("ana");

    issuer.rotateKeys();
    assertThatThrownBy(() -> decoder().decode(first)).isInstanceOf(JwtException.class);
  }

  @Test
  void aUserSignsInByCodeAndPkce() throws Exception {
    HttpResponse<String> page = get("/authorize?" + form(request()));
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("name=\"state\" value=\"s-1\"").contains("Sign in to shop");

    String code = codeFor("ana", "customer");
    JsonNode tokens = json(post("/token", exchange(code, VERIFIER)));

    assertThat(decoder().decode(tokens.path("access_token").asText()).getSubject())
        .isEqualTo("ana");
    Jwt id = decoder().decode(tokens.path("id_token").asText());
    assertThat(id.getAudience()).containsExactly("shop");
    assertThat(id.getClaimAsString("nonce")).isEqualTo("n-1");
  }

  @Test
  void aCodeIsForOneExchangeByItsOwnClientWithinAMinute() throws Exception {
    String used = codeFor("ana", "");
    assertThat(post("/token", exchange(used, VERIFIER)).statusCode()).isEqualTo(200);
    assertRefused(exchange(used, VERIFIER));

    assertRefused(exchange(codeFor("ana", ""), VERIFIER + "x"));
    Map<String, String> others = exchange(codeFor("ana", ""), VERIFIER);
    others.put("client_id", "other");
    assertRefused(others);
    Map<String, String> elsewhere = exchange(codeFor("ana", ""), VERIFIER);
    elsewhere.put("redirect_uri", "http://127.0.0.1:8081/");
    assertRefused(elsewhere);

    String late = codeFor("ana", "");
    clock.offset = Duration.ofSeconds(61);
    assertRefused(exchange(late, VERIFIER));
  }

  @Test
  void explainsWhatIsWrongWithARequest() throws Exception {
    assertError(post("/token", Map.of()), "grant_type is required");
    assertError(post("/token", Map.of("grant_type", "password")), "grant_type is not supported");
    assertError(
        post("/token", Map.of("grant_type", TokenIssuer.DEVELOPMENT_GRANT)), "subject is required");
    assertError(
        post(
            "/token",
            Map.of("grant_type", TokenIssuer.DEVELOPMENT_GRANT, "subject", "x".repeat(129))),
        "subject must have 1 to 128 characters");
    assertError(get("/token"), "the method must be POST");
    assertError(get("/authorize"), "client_id is required");
    Map<String, String> implicit = request();
    implicit.put("response_type", "token");
    assertError(get("/authorize?" + form(implicit)), "response_type must be code");
    Map<String, String> away = request();
    away.put("redirect_uri", "https://shop.example/");
    assertError(get("/authorize?" + form(away)), "redirect_uri must be http on a loopback");
    assertError(get("/authorize?client_id=a&client_id=b"), "client_id is given twice");
    assertThat(get("/other").statusCode()).isEqualTo(404);
  }

  @Test
  void whatARequestSaysIsNoMarkup() throws Exception {
    Map<String, String> request = request();
    request.put("state", "\"><script>alert(1)</script>");

    assertThat(get("/authorize?" + form(request)).body()).doesNotContain("<script>");
  }

  /** As of a page whose host name was changed to point to this machine. */
  @Test
  void refusesRequestsForAnotherHost() throws Exception {
    URI uri = URI.create(issuer.uri());
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /jwks HTTP/1.1\r\nHost: evil.example:%d\r\nConnection: close\r\n\r\n"
                  .formatted(uri.getPort())
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void listensOnLoopbackAddressesOnly() {
    assertThatThrownBy(
            () ->
                TokenIssuer.start(
                    new InetSocketAddress(InetAddress.getByName("0.0.0.0"), 0),
                    properties(),
                    clock))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theCommandPrintsATokenAndNothingElse() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    int code =
        DevCommand.run(
            new String[] {"token", "--subject", "ana", "--issuer=" + issuer.uri()},
            new PrintStream(out, true, StandardCharsets.UTF_8),
            System.err);

    assertThat(code).isZero();
    assertThat(decoder().decode(out.toString(StandardCharsets.UTF_8).strip()).getSubject())
        .isEqualTo("ana");
  }

  private static DevIssuerProperties properties() {
    return new DevIssuerProperties(true, "mall", Duration.ofHours(1));
  }

  private JwtDecoder decoder() {
    return JwtDecoders.fromIssuerLocation(issuer.uri());
  }

  private static Map<String, String> request() {
    Map<String, String> request = new TreeMap<>();
    request.put("response_type", "code");
    request.put("client_id", "shop");
    request.put("redirect_uri", REDIRECT);
    request.put("code_challenge", AuthorizationCodes.challengeOf(VERIFIER));
    request.put("code_challenge_method", "S256");
    request.put("state", "s-1");
    request.put("nonce", "n-1");
    return request;
  }

  private String codeFor(String subject, String roles) throws Exception {
    Map<String, String> chosen = request();
    chosen.put("subject", subject);
    chosen.put("roles", roles);
    HttpResponse<String> answer = post("/authorize", chosen);
    assertThat(answer.statusCode()).isEqualTo(303);
    String location = answer.headers().firstValue("Location").orElseThrow();
    assertThat(location).startsWith(REDIRECT + "?code=").endsWith("&state=s-1");
    return location.substring((REDIRECT + "?code=").length(), location.indexOf("&state="));
  }

  private static Map<String, String> exchange(String code, String verifier) {
    Map<String, String> request = new TreeMap<>();
    request.put("grant_type", "authorization_code");
    request.put("code", code);
    request.put("client_id", "shop");
    request.put("redirect_uri", REDIRECT);
    request.put("code_verifier", verifier);
    return request;
  }

  private void assertRefused(Map<String, String> exchange) throws Exception {
    assertError(post("/token", exchange), "the code is unknown");
  }

  private static void assertError(HttpResponse<String> answer, String description)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(json(answer).path("error_description").asText()).startsWith(description);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(issuer.uri() + path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, Map<String, String> form) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(issuer.uri() + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form(form)))
            .build(),
        BodyHandlers.ofString());
  }

  private static String form(Map<String, String> values) {
    return values.entrySet().stream()
        .map(
            each ->
                each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return new ObjectMapper().readTree(answer.body());
  }

  /** Runs with the system's clock, ahead of it by an offset: decoders have a clock of their own. */
  private static final class MovableClock extends Clock {

    private volatile Duration offset = Duration.ZERO;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return InstantSource.system().instant().plus(offset);
    }
  }
}
