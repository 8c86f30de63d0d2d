package dev.platform.order.session;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whom a browser's requests are from. A first visit makes a guest. */
@RestController
class SessionController {

  private final Optional<SessionCookies> sessions;
  private final boolean signIn;

  SessionController(Optional<SessionCookies> sessions, Optional<SignIn> signIn) {
    this.sessions = sessions;
    this.signIn = signIn.isPresent();
  }

  /**
   * The answer to a page.
   *
   * @param kind {@code open}, {@code guest} or {@code customer}
   * @param userId whose orders these are; null if requests may name anybody
   * @param signIn whether users can sign in
   */
  record Answer(String kind, @Nullable String userId, boolean signIn) {}

  @GetMapping("/api/session")
  ResponseEntity<Answer> session(HttpServletRequest request, HttpServletResponse response) {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(answer(request, response));
  }

  private Answer answer(HttpServletRequest request, HttpServletResponse response) {
    if (sessions.isEmpty()) {
      return new Answer("open", null, false);
    }
    Session session =
        sessions.get().session(request).orElseGet(() -> sessions.get().newGuest(request, response));
    return switch (session.kind()) {
      case GUEST -> new Answer("guest", session.userId(), signIn);
      case CUSTOMER -> new Answer("customer", session.userId(), signIn);
    };
  }

  @DeleteMapping("/api/session")
  ResponseEntity<Void> end(HttpServletRequest request, HttpServletResponse response) {
    sessions.ifPresent(known -> known.endSession(request, response));
    return ResponseEntity.noContent().build();
  }
}
