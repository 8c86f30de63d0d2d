package dev.platform.spring.deadline;

import io.grpc.Context;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Propagates gRPC's context, and with it the deadline and the cancellation of the incoming call,
 * wherever Micrometer's context propagation propagates the trace: to {@code @Async} methods,
 * Spring's executors, Reactor. Found by Micrometer itself.
 */
public final class GrpcContextAccessor implements ThreadLocalAccessor<Context> {

  /** The key in snapshots. */
  public static final String KEY = "grpc.context";

  @Override
  public Object key() {
    return KEY;
  }

  @Override
  public @Nullable Context getValue() {
    Context current = Context.current();
    return current == Context.ROOT ? null : current;
  }

  @Override
  @SuppressWarnings("CheckReturnValue") // Micrometer keeps what was there before
  public void setValue(Context value) {
    value.attach();
  }

  @Override
  @SuppressWarnings("CheckReturnValue")
  public void setValue() {
    Context.ROOT.attach();
  }
}
