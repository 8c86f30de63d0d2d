package dev.platform.dev.issuer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.platform.dev.hosting.LoopbackEndpoint;
import dev.platform.dev.issuer.Exchange.BadRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An OpenID Connect issuer for development: whoever reaches its port gets a token for whomever it
 * asks. So it only listens on a loopback address, and only answers requests that were made for one:
 * a web page whose host name was pointed here gets nothing. Keys and codes are in memory.
 * Thread-safe.
 */
public final class TokenIssuer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TokenIssuer.class);

  /** The grant of a token for a subject without a password; of this issuer only. */
  static final String DEVELOPMENT_GRANT = "urn:platform-dev:subject";

  private static final int THREADS = 4;
  private static final List<String> SENT_BACK =
      List.of("client_id", "redirect_uri", "code_challenge", "state", "nonce");

  private final HttpServer server;
  private final ExecutorService executor;
  private final String issuer;
  private final String audience;
  private final Duration lifetime;
  private final Clock clock;
  private final SigningKeys keys = new SigningKeys();
  private final AuthorizationCodes codes;

  private TokenIssuer(
      HttpServer server, ExecutorService executor, DevIssuerProperties properties, Clock clock) {
    this.server = server;
    this.executor = executor;
    InetSocketAddress address = server.getAddress();
    this.issuer = "http://%s:%d".formatted(host(address), address.getPort());
    this.audience = properties.audience();
    this.lifetime = properties.tokenLifetime();
    this.clock = clock;
    this.codes = new AuthorizationCodes(clock);
  }

  private static String host(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return host.contains(":") ? "[::1]" : host;
  }

  /**
   * Listens on this address.
   *
   * @throws IllegalArgumentException for an address that others can reach
   * @throws IOException if it is taken
   */
  static TokenIssuer start(InetSocketAddress address, DevIssuerProperties properties, Clock clock)
      throws IOException {
    if (!address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(address + " is not a loopback address");
    }
    HttpServer server = HttpServer.create(address, 0);
    ExecutorService executor = Executors.newFixedThreadPool(THREADS, TokenIssuer::daemon);
    TokenIssuer issuer = new TokenIssuer(server, executor, properties, clock);
    server.setExecutor(executor);
    server.createContext("/", issuer::handle);
    server.start();
    return issuer;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "platform-dev-issuer");
    thread.setDaemon(true);
    return thread;
  }

  /** The issuer's URI: {@code iss} in its tokens. */
  public String uri() {
    return issuer;
  }

  /** Signs with a new key from now on; tokens of the one before stay valid. */
  public void rotateKeys() {
    keys.rotate();
  }

  /** Stops at once. */
  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private void handle(HttpExchange http) throws IOException {
    try (http) {
      Exchange exchange = new Exchange(http);
      if (!isLoopback(http.getRequestHeaders().getFirst("Host"))) {
        exchange.json(403, Map.of("error", "this issuer is for this machine only"));
        return;
      }
      try {
        answer(http.getRequestURI().getPath(), exchange);
      } catch (BadRequest e) {
        exchange.json(400, e.answer());
      } catch (RuntimeException e) {
        log.error("a request to the issuer failed", e);
        exchange.json(500, Map.of("error", "server_error"));
      }
    }
  }

  private static boolean isLoopback(@Nullable String host) {
    return host != null && LoopbackEndpoint.parse("http://" + host).isPresent();
  }

  private void answer(String path, Exchange exchange) throws IOException {
    switch (path) {
      case "/.well-known/openid-configuration" -> exchange.json(200, metadata());
      case "/jwks" -> exchange.json(200, keys.published());
      case "/authorize" -> authorize(exchange);
      case "/token" -> token(exchange);
      case "/rotate" -> {
        requirePost(exchange);
        rotateKeys();
        exchange.json(200, keys.published());
      }
      default -> exchange.json(404, Map.of("error", "not found"));
    }
  }

  /** OpenID Connect Discovery 1.0, section 3. */
  private Map<String, Object> metadata() {
    Map<String, Object> metadata = new TreeMap<>();
    metadata.put("issuer", issuer);
    metadata.put("authorization_endpoint", issuer + "/authorize");
    metadata.put("token_endpoint", issuer + "/token");
    metadata.put("jwks_uri", issuer + "/jwks");
    metadata.put("response_types_supported", List.of("code"));
    metadata.put("subject_types_supported", List.of("public"));
    metadata.put("id_token_signing_alg_values_supported", List.of("RS256"));
    metadata.put("code_challenge_methods_supported", List.of("S256"));
    metadata.put("token_endpoint_auth_methods_supported", List.of("none"));
    metadata.put(
        "grant_types_supported",
        List.of("authorization_code", "client_credentials", DEVELOPMENT_GRANT));
    return metadata;
  }

  private void authorize(Exchange exchange) throws IOException {
    Map<String, String> request = exchange.isPost() ? exchange.form() : exchange.query();
    String client = required(request, "client_id");
    String redirectUri = required(request, "redirect_uri");
    if (LoopbackEndpoint.parse(redirectUri).isEmpty() || redirectUri.indexOf('#') >= 0) {
      throw new BadRequest(
          "invalid_request", "redirect_uri must be http on a loopback address, with its port");
    }
    String challenge = required(request, "code_challenge");
    if (!exchange.isPost()) {
      requireEqual(request, "response_type", "code");
      requireEqual(request, "code_challenge_method", "S256");
      Map<String, String> back = new TreeMap<>(request);
      back.keySet().retainAll(SENT_BACK);
      exchange.html(200, SignInPage.of(client, back));
      return;
    }
    String code =
        codes.issue(
            new AuthorizationCodes.Grant(
                client,
                redirectUri,
                challenge,
                request.getOrDefault("nonce", ""),
                identity(required(request, "subject"), request)));
    exchange.redirect(
        redirectUri
            + (redirectUri.indexOf('?') < 0 ? "?" : "&")
            + "code="
            + encoded(code)
            + "&state="
            + encoded(request.getOrDefault("state", "")));
  }

  private void token(Exchange exchange) throws IOException {
    requirePost(exchange);
    Map<String, String> request = exchange.form();
    String grantType = required(request, "grant_type");
    switch (grantType) {
      case "authorization_code" -> exchange.json(200, exchangeCode(request));
      case "client_credentials" -> {
        String client = required(request, "client_id");
        exchange.json(200, answer(accessToken(client, identity(client, request))));
      }
      case DEVELOPMENT_GRANT ->
          exchange.json(
              200,
              answer(accessToken("platform-dev", identity(required(request, "subject"), request))));
      default -> throw new BadRequest("unsupported_grant_type", "grant_type is not supported");
    }
  }

  private Map<String, Object> exchangeCode(Map<String, String> request) {
    AuthorizationCodes.Grant grant =
        codes
            .exchange(
                required(request, "code"),
                required(request, "client_id"),
                required(request, "redirect_uri"),
                required(request, "code_verifier"))
            .orElseThrow(
                () ->
                    new BadRequest(
                        "invalid_grant",
                        "the code is unknown, used, too old, or not this client's"));
    Map<String, Object> answer = answer(accessToken(grant.client(), grant.identity()));
    Map<String, Object> claims = claims(grant.identity(), grant.client());
    if (!grant.nonce().isEmpty()) {
      claims.put("nonce", grant.nonce());
    }
    answer.put("id_token", keys.sign(claims));
    return answer;
  }

  private Map<String, Object> answer(String token) {
    Map<String, Object> answer = new TreeMap<>();
    answer.put("access_token", token);
    answer.put("token_type", "Bearer");
    answer.put("expires_in", lifetime.toSeconds());
    return answer;
  }

  private String accessToken(String client, Identity identity) {
    Map<String, Object> claims = claims(identity, audience);
    claims.put("client_id", client);
    claims.put("roles", identity.roles());
    return keys.sign(claims);
  }

  private Map<String, Object> claims(Identity identity, String audience) {
    Instant now = clock.instant();
    Map<String, Object> claims = new TreeMap<>();
    claims.put("iss", issuer);
    claims.put("sub", identity.subject());
    claims.put("aud", List.of(audience));
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", now.plus(lifetime).getEpochSecond());
    claims.put("jti", UUID.randomUUID().toString());
    return claims;
  }

  private static Identity identity(String subject, Map<String, String> request) {
    try {
      return Identity.of(subject, request.getOrDefault("roles", ""));
    } catch (IllegalArgumentException e) {
      throw new BadRequest("invalid_request", String.valueOf(e.getMessage()));
    }
  }

  private static void requirePost(Exchange exchange) {
    if (!exchange.isPost()) {
      throw new BadRequest("invalid_request", "the method must be POST");
    }
  }

  private static String required(Map<String, String> request, String name) {
    String value = request.getOrDefault(name, "");
    if (value.isBlank()) {
      throw new BadRequest("invalid_request", name + " is required");
    }
    return value;
  }

  private static void requireEqual(Map<String, String> request, String name, String expected) {
    if (!expected.equals(request.get(name))) {
      throw new BadRequest("invalid_request", "%s must be %s".formatted(name, expected));
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
