package dev.platform.core.fault;

import dev.platform.core.identity.CallerIdentity;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A fault and the calls that it is injected into. Immutable but for their count.
 *
 * @param id unique in this process
 * @param method {@code package.Service/Method}, {@code package.Service}, or {@code *} for all but
 *     gRPC's own services, such as health
 * @param caller the caller, by its proved workload, else by the header {@code platform-caller};
 *     null for any
 * @param ratio the part of these calls, over 0, at most 1
 * @param delay how long they are delayed; null for no delay
 * @param abort the status that they end with then, without reaching the handler; null for no abort
 * @param endsAt when the fault ends by itself; null for never
 * @param injected the number of calls that it was injected into
 */
public record Fault(
    String id,
    Side side,
    String method,
    @Nullable String caller,
    double ratio,
    @Nullable Duration delay,
    @Nullable Status abort,
    @Nullable Instant endsAt,
    LongAdder injected) {

  static final String ALL = "*";

  private static final Metadata.Key<String> CALLER =
      Metadata.Key.of("platform-caller", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> MARK =
      Metadata.Key.of("platform-injected-fault", Metadata.ASCII_STRING_MARSHALLER);

  /** Incoming or outgoing calls. */
  public enum Side {
    /** Incoming calls. */
    SERVER,
    /** Outgoing calls. */
    CLIENT;

    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param headers of an incoming call; null for an outgoing one
   */
  boolean concerns(Side side, MethodDescriptor<?, ?> called, @Nullable Metadata headers) {
    return this.side == side
        && isOf(called)
        && (caller == null || headers != null && caller.equals(callerOf(headers)));
  }

  private static @Nullable String callerOf(Metadata headers) {
    return CallerIdentity.current().workload().orElse(headers.get(CALLER));
  }

  private boolean isOf(MethodDescriptor<?, ?> called) {
    String service = String.valueOf(called.getServiceName());
    return method.equals(ALL)
        ? !service.startsWith("grpc.")
        : method.equals(called.getFullMethodName()) || method.equals(service);
  }

  /** Trailers that mark an aborted call as an injected fault. */
  Metadata trailers() {
    Metadata trailers = new Metadata();
    trailers.put(MARK, id);
    return trailers;
  }

  /** A description for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(side == Side.SERVER ? "incoming" : "outgoing").append(" calls of ").append(method);
    if (caller != null) {
      text.append(" by ").append(caller);
    }
    if (ratio < 1) {
      text.append(", ").append(ratio).append(" of them");
    }
    if (delay != null) {
      text.append(", delayed by ").append(delay.toMillis()).append("ms");
    }
    if (abort != null) {
      text.append(", aborted with ").append(abort.getCode());
    }
    return text.append(endsAt == null ? "" : ", until " + endsAt).toString();
  }
}
