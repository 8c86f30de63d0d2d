package dev.platform.tests.deadline;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.tests.line.Line;
import dev.platform.tests.line.TestGrpcService;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationContext;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Calls another service on another thread. */
@TestGrpcService
class CallingStock extends InventoryServiceImplBase {

  /** How a handler comes to another thread. */
  enum Way {
    /** One of Spring's executors, with a task decorator of the application's. */
    ASYNC,
    CONTEXT_EXECUTOR,
    /** What the context element of Kotlin's stubs does around each piece of a coroutine. */
    ATTACHED_CONTEXT,
    REACTOR_SUBSCRIBE_ON,
    REACTOR_PUBLISH_ON,
    REACTOR_DELAY
  }

  private final ApplicationContext app;
  private final Executor spring;
  private volatile long millisLeft;
  private volatile boolean decorated;

  CallingStock(ApplicationContext app, @Qualifier("applicationTaskExecutor") Executor spring) {
    this.app = app;
    this.spring = spring;
  }

  long millisLeft() {
    return millisLeft;
  }

  boolean decorated() {
    return decorated;
  }

  @Override
  public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
    Runnable work = () -> callAndAnswer(answer);
    switch (Way.valueOf(request.getReservationId())) {
      case ASYNC -> spring.execute(work);
      case CONTEXT_EXECUTOR -> Context.currentContextExecutor(CallingStock::inThread).execute(work);
      case ATTACHED_CONTEXT -> {
        Context context = Context.current();
        inThread(() -> attached(context, work));
      }
      case REACTOR_SUBSCRIBE_ON -> {
        var unused = Mono.fromRunnable(work).subscribeOn(Schedulers.boundedElastic()).subscribe();
      }
      case REACTOR_PUBLISH_ON -> {
        var unused =
            Mono.just(1)
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(one -> work.run())
                .subscribe();
      }
      case REACTOR_DELAY -> {
        var unused =
            Mono.delay(Duration.ofMillis(10), Schedulers.boundedElastic())
                .doOnNext(zero -> work.run())
                .subscribe();
      }
    }
  }

  private static void inThread(Runnable work) {
    new Thread(work, "plain").start();
  }

  private static void attached(Context context, Runnable work) {
    Context before = context.attach();
    try {
      work.run();
    } finally {
      context.detach(before);
    }
  }

  private void callAndAnswer(StreamObserver<ReserveResponse> answer) {
    decorated = OwnDecorator.isInside();
    try {
      millisLeft = call();
      answer.onNext(ReserveResponse.getDefaultInstance());
      answer.onCompleted();
    } catch (RuntimeException e) {
      answer.onError(e);
    }
  }

  /** Calls another service; returns the milliseconds that were left there. */
  long call() {
    return Long.parseLong(
        RecommendationServiceGrpc.newBlockingStub(Line.channel(app, "traveller"))
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
            .getProductIds(1));
  }
}
