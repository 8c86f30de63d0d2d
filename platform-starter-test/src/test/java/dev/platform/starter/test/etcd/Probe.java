package dev.platform.starter.test.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A bidirectional call; the test reads its responses one by one. */
final class Probe<I, O> implements ClientResponseObserver<I, O> {

  private final BlockingQueue<O> answers = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final boolean takesByItself;
  private ClientCallStreamObserver<I> call;
  private StreamObserver<I> requests;

  private Probe(boolean takesByItself) {
    this.takesByItself = takesByItself;
  }

  static <I, O> Probe<I, O> open(Function<StreamObserver<O>, StreamObserver<I>> method) {
    Probe<I, O> probe = new Probe<>(true);
    probe.requests = method.apply(probe);
    return probe;
  }

  /** Opens a call whose server may send only what {@link #request} allows. */
  static <I, O> Probe<I, O> openSlow(Function<StreamObserver<O>, StreamObserver<I>> method) {
    Probe<I, O> probe = new Probe<>(false);
    probe.requests = method.apply(probe);
    return probe;
  }

  Probe<I, O> send(I request) {
    requests.onNext(request);
    return this;
  }

  void request(int answers) {
    call.request(answers);
  }

  O next() {
    try {
      O answer = answers.poll(5, TimeUnit.SECONDS);
      assertThat(answer).as("an answer within 5 s; the call ended with %s", end).isNotNull();
      return answer;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  boolean isQuiet() {
    return answers.isEmpty();
  }

  int waiting() {
    return answers.size();
  }

  void halfClose() {
    requests.onCompleted();
  }

  void cancel() {
    call.cancel("the test is over", null);
  }

  CompletableFuture<Status> end() {
    return end;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<I> call) {
    this.call = call;
    if (!takesByItself) {
      call.disableAutoRequestWithInitial(1);
    }
  }

  @Override
  public void onNext(O answer) {
    answers.add(answer);
  }

  @Override
  public void onError(Throwable failure) {
    end.complete(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }
}
