package dev.platform.core.registry;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.core.etcd.EtcdConnection;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request that can't wait for long: of a process that leaves, or whose key somebody has deleted.
 * Without an answer within a sixth of the request timeout it is sent again, to the next member of
 * etcd, and then once more: a member that is cut off from the others accepts requests, and does not
 * answer. Ends with the first answer or refusal, or after a request timeout. The request must be
 * safe to repeat. On the connection's thread.
 */
final class UrgentRequest<T> {

  private static final int ATTEMPTS = 3;

  /** Of the request timeout: the time before the next attempt. */
  private static final int PART = 6;

  private final EtcdConnection connection;
  private final Supplier<ListenableFuture<T>> request;
  private final Consumer<T> onAnswer;
  private final Consumer<Status> onFailure;
  private Status lastFailure = Status.DEADLINE_EXCEEDED;
  private @Nullable ScheduledFuture<?> next;
  private int attempts;
  private boolean over;

  private UrgentRequest(
      EtcdConnection connection,
      Supplier<ListenableFuture<T>> request,
      Consumer<T> onAnswer,
      Consumer<Status> onFailure) {
    this.connection = connection;
    this.request = request;
    this.onAnswer = onAnswer;
    this.onFailure = onFailure;
  }

  static <T> void send(
      EtcdConnection connection,
      Supplier<ListenableFuture<T>> request,
      Consumer<T> onAnswer,
      Consumer<Status> onFailure) {
    new UrgentRequest<>(connection, request, onAnswer, onFailure).attempt();
  }

  private void attempt() {
    if (attempts == ATTEMPTS) {
      end(() -> onFailure.accept(lastFailure));
      return;
    }
    int current = ++attempts;
    next = connection.schedule(this::attempt, patience(current));
    connection.then(
        request.get(),
        answer -> end(() -> onAnswer.accept(answer)),
        failure -> failed(current, failure));
  }

  /** All together a request timeout, in milliseconds. */
  private long patience(int attempt) {
    long timeout = connection.requestTimeout().toMillis();
    long part = timeout / PART;
    return attempt < ATTEMPTS ? part : timeout - (ATTEMPTS - 1) * part;
  }

  private void failed(int attempt, Status failure) {
    if (over || attempt < attempts) {
      return;
    }
    cancelNext();
    lastFailure = failure;
    if (isRefusal(failure.getCode())) {
      end(() -> onFailure.accept(failure));
    } else {
      attempt();
    }
  }

  /** Another member would say the same. */
  private static boolean isRefusal(Code code) {
    return code != Code.UNAVAILABLE && code != Code.DEADLINE_EXCEEDED;
  }

  private void end(Runnable outcome) {
    if (!over) {
      over = true;
      cancelNext();
      outcome.run();
    }
  }

  private void cancelNext() {
    if (next != null) {
      next.cancel(false);
    }
  }
}
