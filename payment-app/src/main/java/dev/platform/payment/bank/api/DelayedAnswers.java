package dev.platform.payment.bank.api;

import dev.platform.payment.bank.domain.Simulation;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends answers after the simulated latency. The work is done immediately: a caller that cancels
 * while it waits may have been charged, as with a real bank. No thread waits.
 */
final class DelayedAnswers {

  private final Simulation simulation;
  private final ScheduledExecutorService executor;

  DelayedAnswers(Simulation simulation, ScheduledExecutorService executor) {
    this.simulation = simulation;
    this.executor = executor;
  }

  <A> void send(StreamObserver<A> answer, Supplier<A> work) {
    Duration latency = simulation.behaviour().latency();
    Runnable reply = outcome(answer, work);
    if (latency.isZero()) {
      reply.run();
      return;
    }
    Future<?> pending = executor.schedule(reply, latency.toNanos(), TimeUnit.NANOSECONDS);
    ((ServerCallStreamObserver<A>) answer).setOnCancelHandler(() -> pending.cancel(false));
  }

  private static <A> Runnable outcome(StreamObserver<A> answer, Supplier<A> work) {
    try {
      A response = work.get();
      return () -> {
        answer.onNext(response);
        answer.onCompleted();
      };
    } catch (RuntimeException e) {
      return () -> answer.onError(e);
    }
  }
}
