package dev.platform.order.session;

import dev.platform.order.customer.CustomerProperties.Login;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Signing in by OpenID Connect's authorization code flow with PKCE. The server exchanges the code,
 * so that the page's scripts never see a token. Thread-safe; blocks on the issuer.
 */
final class SignIn {

  static final String CALLBACK = "/login/callback";

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final String clientId;
  private final Login properties;
  private final OpenIdIssuer issuer;
  private final BearerTokens tokens;
  private final SessionCookies sessions;
  private final SecureRandom random = new SecureRandom();

  SignIn(Login properties, OpenIdIssuer issuer, BearerTokens tokens, SessionCookies sessions) {
    if (properties.clientId() == null) {
      throw new IllegalArgumentException(
          "mall.login.client-id: empty (expected: the mall's name at the issuer)");
    }
    this.clientId = properties.clientId();
    this.properties = properties;
    this.issuer = issuer;
    this.tokens = tokens;
    this.sessions = sessions;
  }

  /** Where to send the browser. */
  String begin(HttpServletRequest request, HttpServletResponse response) {
    String state = newSecret();
    String verifier = newSecret();
    Map<String, String> query = new TreeMap<>();
    query.put("response_type", "code");
    query.put("client_id", clientId);
    query.put("redirect_uri", callback(request));
    query.put("scope", properties.scope());
    query.put("state", state);
    query.put("code_challenge", challengeOf(verifier));
    query.put("code_challenge_method", "S256");
    String url = issuer.endpoints().authorization();
    sessions.signIn(request, response, state + " " + verifier);
    return url + (url.indexOf('?') < 0 ? "?" : "&") + form(query);
  }

  /**
   * Begins the session of the user who comes back with a code.
   *
   * @throws StatusRuntimeException if this browser has not begun it, or the issuer refuses
   */
  void end(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable String code,
      @Nullable String state) {
    String[] begun =
        sessions.endSignIn(request, response).orElseThrow(SignIn::notBegun).split(" ", 2);
    if (code == null
        || state == null
        || !MessageDigest.isEqual(
            begun[0].getBytes(StandardCharsets.UTF_8), state.getBytes(StandardCharsets.UTF_8))) {
      throw notBegun();
    }
    Map<String, String> exchange = new TreeMap<>();
    exchange.put("grant_type", "authorization_code");
    exchange.put("code", code);
    exchange.put("redirect_uri", callback(request));
    exchange.put("client_id", clientId);
    exchange.put("code_verifier", begun[1]);
    if (properties.clientSecret() != null) {
      exchange.put("client_secret", properties.clientSecret());
    }
    String token = issuer.accessToken(exchange);
    sessions.customer(request, response, tokens.user(token).subject());
  }

  private static StatusRuntimeException notBegun() {
    return Status.INVALID_ARGUMENT
        .withDescription("this sign-in was not begun here, or took too long: begin again")
        .asRuntimeException();
  }

  private static String callback(HttpServletRequest request) {
    return ServletUriComponentsBuilder.fromContextPath(request).path(CALLBACK).toUriString();
  }

  private String newSecret() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return BASE64.encodeToString(bytes);
  }

  private static String challengeOf(String verifier) {
    try {
      return BASE64.encodeToString(
          MessageDigest.getInstance("SHA-256")
              .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String form(Map<String, String> values) {
    return values.entrySet().stream()
        .map(each -> each.getKey() + "=" + OpenIdIssuer.encoded(each.getValue()))
        .collect(Collectors.joining("&"));
  }
}
