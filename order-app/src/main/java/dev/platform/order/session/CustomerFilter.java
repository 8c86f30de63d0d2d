package dev.platform.order.session;

import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.User;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Finds out whom a request is from, and puts that into gRPC's context for the calls that it makes.
 * A request that changes something and is from a session cookie must have a header that pages of
 * other sites can't send, since the server allows no cross-origin requests: a browser sends the
 * cookie whoever made the request.
 */
final class CustomerFilter extends OncePerRequestFilter {

  static final String SAME_SITE_HEADER = "X-Mall-Request";

  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final @Nullable BearerTokens tokens;
  private final @Nullable SessionCookies sessions;
  private final HandlerExceptionResolver problems;

  /**
   * @param tokens null if there is no issuer of tokens
   * @param sessions null if sessions are not used
   */
  CustomerFilter(
      @Nullable BearerTokens tokens,
      @Nullable SessionCookies sessions,
      HandlerExceptionResolver problems) {
    this.tokens = tokens;
    this.sessions = sessions;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    CallerIdentity caller;
    try {
      caller = caller(request);
    } catch (StatusRuntimeException e) {
      if (problems.resolveException(request, response, null, e) == null) {
        throw e;
      }
      return;
    }
    Context context = caller.attachedTo(Context.current());
    Context before = context.attach();
    try {
      chain.doFilter(request, response);
    } finally {
      context.detach(before);
    }
  }

  private CallerIdentity caller(HttpServletRequest request) {
    List<String> authorization = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
    if (!authorization.isEmpty()) {
      return byToken(authorization);
    }
    Optional<Session> session = sessions == null ? Optional.empty() : sessions.session(request);
    if (session.isEmpty()) {
      return CallerIdentity.anonymous();
    }
    requireOwnSite(request);
    return CallerIdentity.anonymous()
        .onBehalfOf(new User(session.get().userId(), "session", Set.of(), null));
  }

  private CallerIdentity byToken(List<String> authorization) {
    if (tokens != null) {
      return tokens.caller(authorization);
    }
    if (sessions == null) {
      return CallerIdentity.anonymous();
    }
    throw Status.UNAUTHENTICATED
        .withDescription("authentication required: a session; tokens are not accepted here")
        .asRuntimeException();
  }

  private static void requireOwnSite(HttpServletRequest request) {
    if (SAFE_METHODS.contains(request.getMethod())) {
      return;
    }
    String site = request.getHeader("Sec-Fetch-Site");
    if (request.getHeader(SAME_SITE_HEADER) == null
        || (site != null && !OWN_SITES.contains(site))) {
      throw Status.PERMISSION_DENIED
          .withDescription(
              "a request by session cookie needs the header %s, from this site's own pages"
                  .formatted(SAME_SITE_HEADER))
          .asRuntimeException();
    }
  }
}
