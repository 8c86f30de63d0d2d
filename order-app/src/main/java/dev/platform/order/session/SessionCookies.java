package dev.platform.order.session;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * The cookies of sessions, and of sign-ins under way: not for scripts, not sent with requests that
 * other sites make, except when they lead here, and for https only where the request is.
 * Thread-safe.
 */
final class SessionCookies {

  static final String SESSION = "mall-session";
  static final String SIGN_IN = "mall-sign-in";

  private static final Duration SIGN_IN_AGE = Duration.ofMinutes(10);
  private static final int GUEST_BYTES = 16;

  private final SignedValues values;
  private final Duration maxAge;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  SessionCookies(SignedValues values, Duration maxAge, Clock clock) {
    this.values = values;
    this.maxAge = maxAge;
    this.clock = clock;
  }

  /** The request's session, if its cookie is valid. */
  Optional<Session> session(HttpServletRequest request) {
    return value(request, SESSION).map(Session::of);
  }

  /** Begins the session of a guest whose name nobody can guess. */
  Session newGuest(HttpServletRequest request, HttpServletResponse response) {
    byte[] name = new byte[GUEST_BYTES];
    random.nextBytes(name);
    Session guest = new Session(Session.Kind.GUEST, "guest:" + HexFormat.of().formatHex(name));
    set(request, response, SESSION, guest.text(), maxAge);
    return guest;
  }

  /** Begins the session of a user who has signed in, for as long as sessions last. */
  void customer(HttpServletRequest request, HttpServletResponse response, String userId) {
    Session customer = new Session(Session.Kind.CUSTOMER, userId);
    set(request, response, SESSION, customer.text(), maxAge);
  }

  void endSession(HttpServletRequest request, HttpServletResponse response) {
    clear(request, response, SESSION);
  }

  /** Remembers what only this browser knows about its sign-in. */
  void signIn(HttpServletRequest request, HttpServletResponse response, String text) {
    set(request, response, SIGN_IN, text, SIGN_IN_AGE);
  }

  /** What was remembered, once. */
  Optional<String> endSignIn(HttpServletRequest request, HttpServletResponse response) {
    clear(request, response, SIGN_IN);
    return value(request, SIGN_IN);
  }

  private Optional<String> value(HttpServletRequest request, String name) {
    Cookie[] cookies = request.getCookies();
    if (cookies == null) {
      return Optional.empty();
    }
    for (Cookie cookie : cookies) {
      if (cookie.getName().equals(name)) {
        return values.read(name, cookie.getValue());
      }
    }
    return Optional.empty();
  }

  private void set(
      HttpServletRequest request,
      HttpServletResponse response,
      String name,
      String text,
      Duration age) {
    String signed = values.sign(name, text, clock.instant().plus(age));
    add(request, response, name, signed, age);
  }

  private static void clear(HttpServletRequest request, HttpServletResponse response, String name) {
    add(request, response, name, "", Duration.ZERO);
  }

  private static void add(
      HttpServletRequest request,
      HttpServletResponse response,
      String name,
      String value,
      Duration age) {
    ResponseCookie cookie =
        ResponseCookie.from(name, value)
            .httpOnly(true)
            .sameSite("Lax")
            .secure(request.isSecure())
            .path("/")
            .maxAge(age)
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }
}
