package dev.platform.core.authorization;

import dev.platform.core.identity.CallerAttributes;
import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.PeerIdentity;
import dev.platform.core.identity.SecurityAudit;
import dev.platform.core.outcome.Rejection;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Refuses calls that no rule allows: with UNAUTHENTICATED where the caller has not proved what the
 * rule asks for, else with PERMISSION_DENIED. No client retries or counts these as the service's
 * failures. In the mode {@code shadow} all calls go on, and their callers are learned. A decision
 * that allows a call allocates nothing. Must be inside of authentication. Thread-safe, never
 * blocks.
 */
public final class AuthorizationServerInterceptor implements ServerInterceptor {

  private static final int MOST_METHODS = 1000;
  private static final String OTHER = "_OTHER";

  private final AuthorizationRules rules;
  private final AuthorizationMode mode;
  private final LearnedCalls learned;
  private final SecurityAudit audit;
  private final MeterRegistry meters;
  private final Map<String, AuthorizedMethod> methods = new ConcurrentHashMap<>();

  /**
   * @param mode not {@code OFF}
   * @param learned used in the mode {@code SHADOW} only
   */
  public AuthorizationServerInterceptor(
      AuthorizationRules rules,
      AuthorizationMode mode,
      LearnedCalls learned,
      SecurityAudit audit,
      MeterRegistry meters) {
    if (mode == AuthorizationMode.OFF) {
      throw new IllegalArgumentException("No interceptor without authorization");
    }
    this.rules = rules;
    this.mode = mode;
    this.learned = learned;
    this.audit = audit;
    this.meters = meters;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String name = call.getMethodDescriptor().getFullMethodName();
    AuthorizedMethod method = method(name);
    CallerIdentity caller = CallerIdentity.current();
    Decision decision = method.decide(caller);
    if (decision == Decision.ALLOWED) {
      if (audit.logsAllowed()) {
        audit.allowed(caller, name, method.rule());
      }
    } else {
      report(call, caller, method, decision);
      if (mode == AuthorizationMode.ENFORCE) {
        return refuse(call, caller, decision);
      }
    }
    return next.startCall(
        mode == AuthorizationMode.SHADOW ? new ObservedCall<>(call, caller, learned) : call,
        headers);
  }

  private AuthorizedMethod method(String name) {
    AuthorizedMethod known = methods.get(name);
    if (known != null) {
      return known;
    }
    boolean isOneTooMany = methods.size() >= MOST_METHODS;
    AuthorizedMethod created =
        new AuthorizedMethod(rules.of(name), isOneTooMany ? OTHER : name, mode, meters);
    if (!isOneTooMany) {
      methods.put(name, created);
    }
    return created;
  }

  private void report(
      ServerCall<?, ?> call, CallerIdentity caller, AuthorizedMethod method, Decision decision) {
    String rule = method.rule();
    audit.refused(
        caller,
        call.getMethodDescriptor().getFullMethodName(),
        rule,
        mode == AuthorizationMode.ENFORCE ? "refused" : "shadow",
        reason(call, decision));
    Span.current()
        .addEvent(
            CallerAttributes.REFUSED,
            rule == null
                ? CallerAttributes.reason(decision.id())
                : CallerAttributes.reason(decision.id(), rule));
  }

  /** With why the connection proves no workload, which only the audit log is to know. */
  private static String reason(ServerCall<?, ?> call, Decision decision) {
    @Nullable PeerIdentity peer =
        decision == Decision.NO_WORKLOAD ? call.getAttributes().get(PeerIdentity.KEY) : null;
    return peer == null || peer.reason() == null
        ? decision.id()
        : decision.id() + ": " + peer.reason();
  }

  private static <Q> ServerCall.Listener<Q> refuse(
      ServerCall<Q, ?> call, CallerIdentity caller, Decision decision) {
    String name = caller.workload().orElse("an anonymous caller");
    call.close(
        decision.status(name, call.getMethodDescriptor().getFullMethodName()),
        Rejection.AUTHORIZATION.trailers());
    return new ServerCall.Listener<>() {};
  }

  /**
   * Learns the caller if the call ends with OK; of a stream of answers as soon as there is one,
   * since its client may end it by cancelling.
   */
  private static final class ObservedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private final CallerIdentity caller;
    private final LearnedCalls learned;
    private final boolean streams;

    ObservedCall(ServerCall<Q, A> call, CallerIdentity caller, LearnedCalls learned) {
      super(call);
      this.caller = caller;
      this.learned = learned;
      this.streams = !call.getMethodDescriptor().getType().serverSendsOneMessage();
    }

    @Override
    public void sendMessage(A message) {
      if (streams) {
        learn();
      }
      super.sendMessage(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (status.isOk()) {
        learn();
      }
      super.close(status, trailers);
    }

    private void learn() {
      learned.learn(getMethodDescriptor().getFullMethodName(), caller.workload().orElse(null));
    }
  }
}
