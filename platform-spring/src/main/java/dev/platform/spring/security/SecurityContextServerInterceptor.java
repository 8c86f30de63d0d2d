package dev.platform.spring.security;

import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.User;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Puts the user of a call into Spring Security's context whenever the handler runs, for method
 * security. Where the framework's own security has put one there, that stays. Thread-safe, never
 * blocks.
 */
final class SecurityContextServerInterceptor implements ServerInterceptor {

  private final SecurityAuthentications authentications;

  SecurityContextServerInterceptor(SecurityAuthentications authentications) {
    this.authentications = authentications;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    User user = CallerIdentity.current().user().orElse(null);
    if (user == null || SecurityContextHolder.getContext().getAuthentication() != null) {
      return next.startCall(call, headers);
    }
    Authentication authentication = authentications.of(user);
    if (authentication == null) {
      return next.startCall(call, headers);
    }
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(authentication);
    SecurityContext before = enter(context);
    try {
      return new Listener<>(next.startCall(call, headers), authentication);
    } finally {
      leave(before);
    }
  }

  private static SecurityContext enter(SecurityContext context) {
    SecurityContext before = SecurityContextHolder.getContext();
    SecurityContextHolder.setContext(context);
    return before;
  }

  private static void leave(SecurityContext before) {
    if (before.getAuthentication() == null) {
      SecurityContextHolder.clearContext();
    } else {
      SecurityContextHolder.setContext(before);
    }
  }

  /** Each event has a context of its own: what a handler changes in it ends with the event. */
  private static final class Listener<Q> extends SimpleForwardingServerCallListener<Q> {

    private final Authentication authentication;

    Listener(ServerCall.Listener<Q> delegate, Authentication authentication) {
      super(delegate);
      this.authentication = authentication;
    }

    @Override
    public void onMessage(Q message) {
      inContext(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      inContext(super::onHalfClose);
    }

    @Override
    public void onCancel() {
      inContext(super::onCancel);
    }

    @Override
    public void onComplete() {
      inContext(super::onComplete);
    }

    @Override
    public void onReady() {
      inContext(super::onReady);
    }

    private void inContext(Runnable event) {
      SecurityContext context = SecurityContextHolder.createEmptyContext();
      context.setAuthentication(authentication);
      SecurityContext before = enter(context);
      try {
        event.run();
      } finally {
        leave(before);
      }
    }
  }
}
