package dev.platform.core.identity;

import dev.platform.core.call.DiscoveredCalls;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.inprocess.InProcessSocketAddress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Sends the token of the current caller's user with the calls that are made for the same request:
 * within the process, and to services that are found by discovery over connections that encrypt; to
 * nobody else. A call without such a connection is made without the token. What the application
 * sets itself, credentials or the header {@code authorization}, wins. Thread-safe, never blocks.
 */
public final class UserTokenClientInterceptor implements ClientInterceptor {

  private final boolean tokensWithoutTls;
  private final Counter sent;
  private final Counter withheld;

  /**
   * @param tokensWithoutTls whether tokens are sent over connections without TLS, too, since a mesh
   *     encrypts them
   */
  public UserTokenClientInterceptor(boolean tokensWithoutTls, MeterRegistry meters) {
    this.tokensWithoutTls = tokensWithoutTls;
    this.sent = counter(meters, "sent");
    this.withheld = counter(meters, "withheld");
  }

  private static Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("platform.security.propagation")
        .description("Calls for a user: whether the user's token was sent")
        .tag("outcome", outcome)
        .register(meters);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    CallerIdentity caller = CallerIdentity.current();
    if (caller.token().isEmpty() || options.getCredentials() != null) {
      return next.newCall(method, options);
    }
    UserToken token = new UserToken(caller.token().get(), DiscoveredCalls.areThese(options));
    return new SimpleForwardingClientCall<>(
        next.newCall(method, options.withCallCredentials(token))) {

      @Override
      public void start(Listener<A> listener, Metadata headers) {
        token.headers = headers;
        super.start(listener, headers);
      }
    };
  }

  private final class UserToken extends CallCredentials {

    private final String token;
    private final boolean discovered;

    /** Read when a connection is found: interceptors nearer to the channel have added theirs. */
    private volatile @Nullable Metadata headers;

    UserToken(String token, boolean discovered) {
      this.token = token;
      this.discovered = discovered;
    }

    @Override
    public void applyRequestMetadata(
        RequestInfo request, Executor executor, MetadataApplier applier) {
      Metadata credentials = new Metadata();
      if (!isSetByApplication()) {
        if (isTrusted(request)) {
          credentials.put(UserAuthentication.AUTHORIZATION, "Bearer " + token);
          sent.increment();
        } else {
          withheld.increment();
        }
      }
      applier.apply(credentials);
    }

    private boolean isSetByApplication() {
      Metadata own = headers;
      return own != null && own.containsKey(UserAuthentication.AUTHORIZATION);
    }

    private boolean isTrusted(RequestInfo request) {
      Attributes connection = request.getTransportAttrs();
      if (connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InProcessSocketAddress) {
        return true;
      }
      return discovered
          && (tokensWithoutTls
              || request.getSecurityLevel() == SecurityLevel.PRIVACY_AND_INTEGRITY);
    }

    /** Without the token. */
    @Override
    public String toString() {
      return "UserToken";
    }
  }
}
