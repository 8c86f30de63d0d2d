package dev.platform.core.etcd;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests that do not wait for one member of etcd: a member that is cut off from the others
 * accepts requests, and does not answer. Without an answer within a sixth of the request timeout a
 * request is sent again, to the next member, and then once more. It ends with the first answer or
 * refusal, which cancels the other attempts, or after a request timeout.
 *
 * <p>An etcd that is slow as a whole is not asked more often: after two requests in a row whose
 * first attempt was answered late, or whose attempts were all in vain, requests are sent once,
 * until etcd answers in time again. On the connection's thread.
 */
final class HedgedRequests {

  private static final int ATTEMPTS = 3;

  /** Of the request timeout: the time before the next attempt. */
  private static final int PART = 6;

  /** One request may be late because the process has just started, or was paused. */
  private static final int SLOW_AFTER = 2;

  private static final Status NO_ANSWER =
      Status.DEADLINE_EXCEEDED.withDescription("no member of etcd has answered in time");

  private final EtcdConnection connection;
  private int inVain;

  HedgedRequests(EtcdConnection connection) {
    this.connection = connection;
  }

  /** How long an attempt is waited for before the next one. */
  long patienceMillis() {
    return connection.requestTimeout().toMillis() / PART;
  }

  <T> void send(
      Supplier<ListenableFuture<T>> request, Consumer<T> onAnswer, Consumer<Status> onFailure) {
    new Request<>(request, onAnswer, onFailure).start();
  }

  private final class Request<T> {

    private final Supplier<ListenableFuture<T>> request;
    private final Consumer<T> onAnswer;
    private final Consumer<Status> onFailure;
    private final List<ListenableFuture<T>> attempts = new ArrayList<>();
    private int unanswered;
    private @Nullable ScheduledFuture<?> next;
    private @Nullable ScheduledFuture<?> timeout;
    private boolean wasHedged;
    private boolean over;

    Request(
        Supplier<ListenableFuture<T>> request, Consumer<T> onAnswer, Consumer<Status> onFailure) {
      this.request = request;
      this.onAnswer = onAnswer;
      this.onFailure = onFailure;
    }

    void start() {
      timeout =
          connection.schedule(() -> failed(NO_ANSWER), connection.requestTimeout().toMillis());
      attempt();
    }

    private void attempt() {
      cancel(next);
      boolean isFirst = attempts.isEmpty();
      long sentAt = connection.nanoTime();
      ListenableFuture<T> attempt = request.get();
      attempts.add(attempt);
      unanswered++;
      if (inVain < SLOW_AFTER && attempts.size() < ATTEMPTS) {
        next = connection.schedule(this::hedge, patienceMillis());
      }
      connection.then(attempt, answer -> answered(answer, isFirst, sentAt), this::attemptFailed);
    }

    private void hedge() {
      if (!over) {
        wasHedged = true;
        attempt();
      }
    }

    private void answered(T answer, boolean isFirst, long sentAt) {
      if (!over) {
        long tookMillis = (connection.nanoTime() - sentAt) / 1_000_000;
        inVain = isFirst && tookMillis >= patienceMillis() ? inVain + 1 : 0;
        end();
        onAnswer.accept(answer);
      }
    }

    private void attemptFailed(Status failure) {
      unanswered--;
      if (over) {
        return;
      }
      if (isRefusal(failure.getCode())) {
        end();
        onFailure.accept(failure);
      } else if (unanswered == 0 && failure.getCode() == Code.UNAVAILABLE && isAnotherLeft()) {
        attempt();
      } else if (unanswered == 0) {
        failed(failure);
      }
    }

    private boolean isAnotherLeft() {
      return attempts.size() < ATTEMPTS;
    }

    /** Another member would say the same. */
    private boolean isRefusal(Code code) {
      return code != Code.UNAVAILABLE && code != Code.DEADLINE_EXCEEDED;
    }

    private void failed(Status failure) {
      if (!over) {
        inVain = wasHedged ? inVain + 1 : 0;
        stop();
        onFailure.accept(failure);
      }
    }

    private void end() {
      stop();
      attempts.forEach(attempt -> attempt.cancel(true));
    }

    /** What is in flight ends at its own deadline, and counts as a failure of etcd's then. */
    private void stop() {
      over = true;
      cancel(next);
      cancel(timeout);
    }
  }

  private static void cancel(@Nullable ScheduledFuture<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
