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
 * A request of a process that leaves and can't wait for long. Without an answer within a third of
 * the request timeout it is sent again, to the next member of etcd, and then once more: a member
 * that is cut off from the others accepts requests, and does not answer. Ends with the first answer
 * or refusal, or after a request timeout. The request must be safe to repeat. On the connection's
 * thread.
 */
final class UrgentRequest<T> {

  private static final int ATTEMPTS = 3;

  private final EtcdConnection connection;
  private final Supplier<ListenableFuture<T>> request;
  private final Consumer<T> onAnswer;
  private final Runnable onFailure;
  private @Nullable ScheduledFuture<?> next;
  private int attempts;
  private boolean over;

  private UrgentRequest(
      EtcdConnection connection,
      Supplier<ListenableFuture<T>> request,
      Consumer<T> onAnswer,
      Runnable onFailure) {
    this.connection = connection;
    this.request = request;
    this.onAnswer = onAnswer;
    this.onFailure = onFailure;
  }

  static <T> void send(
      EtcdConnection connection,
      Supplier<ListenableFuture<T>> request,
      Consumer<T> onAnswer,
      Runnable onFailure) {
    new UrgentRequest<>(connection, request, onAnswer, onFailure).attempt();
  }

  private void attempt() {
    if (attempts == ATTEMPTS) {
      end(onFailure);
      return;
    }
    int current = ++attempts;
    next = connection.schedule(this::attempt, connection.requestTimeout().toMillis() / ATTEMPTS);
    connection.then(
        request.get(),
        answer -> end(() -> onAnswer.accept(answer)),
        failure -> failed(current, failure));
  }

  private void failed(int attempt, Status failure) {
    if (over || attempt < attempts) {
      return;
    }
    cancelNext();
    if (isRefusal(failure.getCode())) {
      end(onFailure);
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
