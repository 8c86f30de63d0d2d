package dev.platform.core.retry;

import dev.platform.core.deadline.CallDeadline;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Deadline;
import io.grpc.Metadata;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Makes a callee's "not before" a "not at all" where that is after the call's deadline. gRPC waits
 * for it in vain, and then says DEADLINE_EXCEEDED, a failure of the callee, instead of what that
 * said.
 */
final class Pushback extends ClientStreamTracer.Factory {

  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final Pattern MILLIS = Pattern.compile("\\d{1,9}");

  private final Deadline deadline;

  private Pushback(Deadline deadline) {
    this.deadline = deadline;
  }

  /** The same options for a call that waits for no longer than it may take. */
  static CallOptions within(CallOptions options) {
    Deadline deadline = CallDeadline.of(options);
    return deadline == null ? options : options.withStreamTracerFactory(new Pushback(deadline));
  }

  /** Makes it "not at all". */
  static void forbid(Metadata trailers) {
    trailers.discardAll(HEADER);
    trailers.put(HEADER, "-1");
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(StreamInfo attempt, Metadata headers) {
    return new ClientStreamTracer() {

      @Override
      public void inboundTrailers(Metadata trailers) {
        String pause = trailers.get(HEADER);
        if (pause != null
            && MILLIS.matcher(pause).matches()
            && deadline.timeRemaining(TimeUnit.MILLISECONDS) <= Long.parseLong(pause)) {
          forbid(trailers);
        }
      }
    };
  }
}
