package dev.platform.core.retry;

import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallListener;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.ClientCallRecord;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Calls that gRPC may retry or hedge. Sends the number of attempts to the server, corrects the
 * server's pushback ({@code grpc-retry-pushback-ms}) where gRPC would handle it badly, and keeps
 * the budget of hedges. Thread-safe, never blocks.
 */
final class RepeatedCalls implements ClientInterceptor, CallListener {

  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final Pattern MILLIS = Pattern.compile("\\d{1,9}");

  private final CallRecorder recorder;
  private final AttemptHeaderInterceptor header;
  private final @Nullable HedgingBudget hedges;

  /**
   * @param recorder makes records of calls on channels without the platform's interceptors
   * @param attempts the maximal number of attempts of a call
   * @param hedges the budget of hedges; null for retries, of which gRPC keeps the budget
   */
  RepeatedCalls(CallRecorder recorder, int attempts, @Nullable HedgingBudget hedges) {
    this.recorder = recorder;
    this.header = new AttemptHeaderInterceptor(attempts);
    this.hedges = hedges;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCallRecord call = ClientCallRecord.find(options);
    if (call == null) {
      return ClientInterceptors.interceptForward(next, recorder, this).newCall(method, options);
    }
    call.listen(this);
    return header.interceptCall(method, options, next);
  }

  @Override
  public void attemptStarted(AttemptRecord attempt) {
    if (hedges != null && attempt.info().isHedging()) {
      hedges.hedged();
    }
  }

  /**
   * gRPC sends the next hedge at once when the server asks for a delay: no further hedge is better.
   * It waits for the delay before a retry even if the deadline comes first, and then reports
   * DEADLINE_EXCEEDED, a failure of the server, instead of the server's status.
   */
  @Override
  public void attemptTrailers(AttemptRecord attempt, Metadata trailers) {
    String pushback = trailers.get(PUSHBACK);
    if (pushback != null && (hedges != null || isTooLate(pushback, attempt.call().deadline()))) {
      trailers.discardAll(PUSHBACK);
      trailers.put(PUSHBACK, "-1");
    }
  }

  private static boolean isTooLate(String pushback, @Nullable Deadline deadline) {
    return deadline != null
        && MILLIS.matcher(pushback).matches()
        && deadline.timeRemaining(TimeUnit.MILLISECONDS) <= Long.parseLong(pushback);
  }

  @Override
  public void callEnded(ClientCallRecord call) {
    if (hedges != null && call.status().isOk()) {
      hedges.answered();
    }
  }
}
