package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A server that works on one call after the other, a hundred a second, in the order in which they
 * came, and a client that repeats a call which has no answer in time. The server does not know that
 * nobody waits any more: the textbook's metastable system.
 */
final class QueueModel {

  static final double CAPACITY = 100;
  static final Duration DEADLINE = Duration.ofSeconds(3);

  private static final double MAX_TOKENS = 10;
  private static final Duration WORK = Duration.ofMillis(10);
  private static final Duration ATTEMPT = Duration.ofSeconds(1);

  private final VirtualTime time;
  private final int maxAttempts;
  private final double budgetRatio;
  private final int maxQueue;
  private final Deque<Attempt> queue = new ArrayDeque<>();
  private double tokens;
  private boolean working;
  private boolean stalled;

  private QueueModel(VirtualTime time, int maxAttempts, double budgetRatio, int maxQueue) {
    this.time = time;
    this.maxAttempts = maxAttempts;
    this.budgetRatio = budgetRatio;
    this.maxQueue = maxQueue;
    this.tokens = Double.isInfinite(budgetRatio) ? budgetRatio : MAX_TOKENS;
  }

  /** Repeats what is late, and queues whatever comes. */
  static QueueModel naive(VirtualTime time, int maxAttempts) {
    return new QueueModel(time, maxAttempts, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);
  }

  /** Queues whatever comes, but a good answer allows a tenth of a repeat. */
  static QueueModel withBudget(VirtualTime time, int maxAttempts) {
    return new QueueModel(time, maxAttempts, 0.1, Integer.MAX_VALUE);
  }

  /** The same with a queue that refuses what would wait for longer than half a second. */
  static QueueModel withBudgetAndShedding(VirtualTime time, int maxAttempts) {
    return new QueueModel(time, maxAttempts, 0.1, 50);
  }

  private final class Attempt {

    private final CompletableFuture<String> call;
    private final int number;
    private boolean ended;

    private Attempt(CompletableFuture<String> call, int number) {
      this.call = call;
      this.number = number;
    }

    private void send() {
      if (queue.size() >= maxQueue) {
        failed("refused");
        return;
      }
      time.after(ATTEMPT, () -> failed("no answer in time"));
      queue.add(this);
      work();
    }

    private void answered() {
      if (!ended) {
        ended = true;
        tokens = Math.max(tokens, Math.min(MAX_TOKENS, tokens + budgetRatio));
        call.complete("good");
      }
    }

    private void failed(String why) {
      if (ended) {
        return;
      }
      ended = true;
      if (number < maxAttempts && tokens >= 1) {
        tokens -= 1;
        new Attempt(call, number + 1).send();
      } else {
        call.completeExceptionally(new IllegalStateException(why));
      }
    }
  }

  CompletionStage<?> call() {
    CompletableFuture<String> call = new CompletableFuture<>();
    new Attempt(call, 1).send();
    return call;
  }

  void stall() {
    stalled = true;
  }

  void resume() {
    stalled = false;
    work();
  }

  /** Whoever waits is forgotten. */
  void restart() {
    queue.clear();
  }

  private void work() {
    if (working || stalled || queue.isEmpty()) {
      return;
    }
    working = true;
    Attempt next = queue.remove();
    time.after(
        WORK,
        () -> {
          working = false;
          next.answered();
          work();
        });
  }
}
