package dev.platform.core.identity;

import dev.platform.core.call.IdentifiedCall;
import dev.platform.core.identity.UserAuthentication.Origin;
import dev.platform.core.identity.UserAuthentication.RefusedException;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusException;
import io.grpc.inprocess.InProcessSocketAddress;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who makes a call, and puts that into gRPC's context ({@link CallerIdentity#current()}).
 * A call without credentials goes on as anonymous: the rules decide what it may do. One with
 * credentials that prove nothing ends with UNAUTHENTICATED; with UNAVAILABLE if they can't be
 * checked now; with RESOURCE_EXHAUSTED, unread, if too many of its address were refused in this
 * second. A token that was accepted a moment ago is accepted from there, too, so that one bad
 * client behind a common proxy does not lock out the others. A call within the process that comes
 * without a token is on behalf of the user whom an interceptor of its in-process server has put
 * into the context: an application's other entrance, such as HTTP, knows its users itself.
 * Thread-safe; blocks only as its {@link TokenVerifier} does.
 */
public final class AuthenticationServerInterceptor implements ServerInterceptor {

  private static final Metadata.Key<String> FORWARDED =
      Metadata.Key.of("x-forwarded-client-cert", Metadata.ASCII_STRING_MARSHALLER);

  private static final int MOST_WORKLOADS = 1000;

  private final AuthenticationSettings settings;
  private final WorkloadIdentities identities;
  private final @Nullable UserAuthentication users;
  private final SecurityAudit audit;
  private final AuthenticationMeters meters;
  private final RecentEntries<String, CallerIdentity> workloads =
      new RecentEntries<>(MOST_WORKLOADS);

  /**
   * @param identities names the workloads of forwarded certificates
   * @param verifier checks tokens; null if users are not authenticated: their header is not read
   * @param clock wall-clock time, for the expiry of tokens
   * @param nanoTime monotonic time
   */
  public AuthenticationServerInterceptor(
      AuthenticationSettings settings,
      WorkloadIdentities identities,
      @Nullable TokenVerifier verifier,
      SecurityAudit audit,
      MeterRegistry meters,
      Clock clock,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.identities = identities;
    this.audit = audit;
    this.meters = new AuthenticationMeters(meters);
    this.users =
        verifier == null
            ? null
            : new UserAuthentication(verifier, settings, this.meters, clock, nanoTime);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Attributes connection = call.getAttributes();
    CallerIdentity caller = workload(connection, headers);
    if (users != null) {
      try {
        caller =
            users.of(
                caller,
                headers,
                origin(connection),
                connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
      } catch (RefusedException e) {
        return refuse(call, caller, e);
      }
    }
    Context context = Context.current();
    CallerIdentity known = CallerIdentity.in(context);
    if (caller.user().isEmpty()
        && known.user().isPresent()
        && origin(connection) == Origin.PROCESS) {
      caller = known.actingAs(caller.workload().orElse(null));
    }
    if (known == caller) {
      return next.startCall(call, headers);
    }
    describe(call, caller);
    return Contexts.interceptCall(caller.attachedTo(context), call, headers, next);
  }

  private CallerIdentity workload(Attributes connection, Metadata headers) {
    String name = workloadName(connection, headers);
    if (name == null) {
      meters.workloadNone.increment();
      return CallerIdentity.anonymous();
    }
    meters.workloadProved.increment();
    return workloads.computeIfAbsent(name, CallerIdentity::of);
  }

  private @Nullable String workloadName(Attributes connection, Metadata headers) {
    PeerIdentity peer = connection.get(PeerIdentity.KEY);
    if (peer != null && peer.workload() != null) {
      return peer.workload();
    }
    SocketAddress remote = connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    if (remote instanceof InProcessSocketAddress) {
      return settings.ownWorkload();
    }
    return settings.trustedProxies().isEmpty() || hasTls(connection)
        ? null
        : forwarded(remote, headers);
  }

  /** What the local proxy of a mesh says about its client. */
  private @Nullable String forwarded(@Nullable SocketAddress remote, Metadata headers) {
    if (!(remote instanceof InetSocketAddress proxy)
        || !settings.trustedProxies().contains(proxy.getAddress())) {
      return null;
    }
    String last = null;
    Iterable<String> values = headers.getAll(FORWARDED);
    if (values != null) {
      for (String value : values) {
        last = value;
      }
    }
    List<String> uris = last == null ? null : ForwardedCertificate.uris(last);
    return uris == null ? null : identities.workload(uris).workload();
  }

  private static boolean hasTls(Attributes connection) {
    return connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION) != null;
  }

  private static Origin origin(Attributes connection) {
    if (hasTls(connection)) {
      return Origin.TLS;
    }
    return connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InProcessSocketAddress
        ? Origin.PROCESS
        : Origin.PLAINTEXT;
  }

  private static void describe(ServerCall<?, ?> call, CallerIdentity caller) {
    String workload = caller.workload().orElse(null);
    if (workload != null && call instanceof IdentifiedCall identified) {
      identified.callerIs(workload);
    }
    Span span = Span.current();
    if (span.isRecording()) {
      if (workload != null) {
        span.setAttribute(CallerAttributes.CALLER, workload);
      }
      String user = caller.subjectHash();
      if (user != null) {
        span.setAttribute(CallerAttributes.USER, user);
      }
    }
  }

  private <Q, A> ServerCall.Listener<Q> refuse(
      ServerCall<Q, A> call, CallerIdentity caller, RefusedException refused) {
    describe(call, caller);
    audit.refused(
        caller, call.getMethodDescriptor().getFullMethodName(), null, "refused", refused.reason());
    Span.current().addEvent(CallerAttributes.REFUSED, CallerAttributes.reason(refused.reason()));
    StatusException status = refused.status();
    call.close(status.getStatus(), Objects.requireNonNull(status.getTrailers()));
    return new ServerCall.Listener<>() {};
  }
}
