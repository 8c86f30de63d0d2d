package dev.platform.core.request;

import io.grpc.Attributes;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a call from outside its handler. An interceptor next to the handler sets how, so that all
 * other interceptors see the end. Thread-safe.
 */
public final class CallEnd {

  static final Attributes.Key<CallEnd> KEY = Attributes.Key.create("platform.call-end");

  private volatile @Nullable Consumer<Status> how;

  CallEnd() {}

  /** Sets how this call is ended; the last caller wins. Call it when the call starts. */
  public static void offer(ServerCall<?, ?> call, Consumer<Status> how) {
    CallEnd end = call.getAttributes().get(KEY);
    if (end != null) {
      end.how = how;
    }
  }

  /** Ends the call in the way that was set, else in this way. */
  void or(Status status, Consumer<Status> otherwise) {
    Consumer<Status> said = how;
    (said == null ? otherwise : said).accept(status);
  }
}
