package dev.platform.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdSettings;
import dev.platform.starter.test.junit.EtcdExtension;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Answers of etcd that come after those to later requests, or never. */
class LateAnswersTest {

  private static final String A = "/services/a/127.0.0.1:1000";
  private static final String B = "/services/b/127.0.0.1:1000";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final HeldAnswers held = new HeldAnswers();
  private EtcdConnection connection;
  private EtcdRegistrar registrar;

  @BeforeEach
  void open() {
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    String endpoint = etcd.server().endpoint().toString();
    connection =
        EtcdConnection.builder(
                new EtcdSettings(List.of(endpoint), null, null, Duration.ofSeconds(3)))
            .executor(thread)
            .channels(
                tls ->
                    ManagedChannelBuilder.forAddress("127.0.0.1", etcd.server().port())
                        .usePlaintext()
                        .executor(thread)
                        .intercept(held)
                        .build())
            .open();
    registrar =
        new EtcdRegistrar(
            connection, Duration.ofSeconds(2), Clock.systemUTC(), RandomGenerator.getDefault());
    registrar.claim(List.of(claim(A, "value-a", "leaving-a"), claim(B, "value-b", "leaving-b")));
    await().until(() -> registrar.snapshot().isHeld());
  }

  @AfterEach
  void close() throws Exception {
    registrar.close().get(5, TimeUnit.SECONDS);
    connection.close();
  }

  /** A check finds another process's key, which is gone and put again when the answer comes. */
  @Test
  void theLateAnswerOfACheckIsNotTakenForThePresent() {
    held.holdNext(request -> request.getSuccessCount() == 0);
    etcd.server().put(A, "somebody else");
    await().until(held::isHolding);
    etcd.server().delete(A);
    await().until(() -> etcd.server().get(A).equals(Optional.of("value-a")));
    await().until(() -> registrar.snapshot().acquisitions() == 2);

    held.release();

    long renewals = registrar.renewals();
    await().until(() -> registrar.renewals() > renewals);
    assertThat(registrar.snapshot().isHeld()).isTrue();
    assertThat(registrar.snapshot().contestedKeys()).isEmpty();
  }

  /** The member of etcd that got it is cut off from the others. */
  @Test
  void aMarkThatIsNotAnsweredIsSentAgain() throws Exception {
    List<String> seen = new ArrayList<>();
    WatchedValues.of(connection, A, seen);
    held.swallowNext(request -> request.toString().contains("leaving-a"));

    CompletableFuture<Void> released = registrar.release(List.of(A));

    released.get(2900, TimeUnit.MILLISECONDS);
    await().until(() -> seen.size() == 2);
    assertThat(seen).containsExactly("leaving-a", "(deleted)");
  }

  /** The key is deleted at the revision of its mark, though nobody was told of that one. */
  @Test
  void aMarkWhoseAnswerIsLateIsFoundByTheNextOne() throws Exception {
    List<String> seen = new ArrayList<>();
    WatchedValues.of(connection, A, seen);
    held.holdNext(request -> request.toString().contains("leaving-a"));

    registrar.release(List.of(A)).get(2900, TimeUnit.MILLISECONDS);

    await().until(() -> seen.size() == 2);
    assertThat(seen).containsExactly("leaving-a", "(deleted)");
    held.release();
  }

  private static Claim claim(String key, String value, String leaving) {
    return new Claim(key, value, leaving, () -> false);
  }

  /** Holds back the answer of one transaction, or does not send it. */
  private static final class HeldAnswers implements ClientInterceptor {

    private final List<Runnable> answers = new ArrayList<>(); // guarded by this
    private Predicate<TxnRequest> toHold = request -> false; // guarded by this
    private Predicate<TxnRequest> toSwallow = request -> false; // guarded by this

    synchronized void holdNext(Predicate<TxnRequest> which) {
      toHold = which;
    }

    synchronized void swallowNext(Predicate<TxnRequest> which) {
      toSwallow = which;
    }

    synchronized boolean isHolding() {
      return !answers.isEmpty();
    }

    synchronized void release() {
      answers.forEach(Runnable::run);
      answers.clear();
    }

    private synchronized void hold(Runnable answer) {
      answers.add(answer);
    }

    private synchronized boolean isToHold(TxnRequest request) {
      boolean wanted = toHold.test(request);
      toHold = wanted ? other -> false : toHold;
      return wanted;
    }

    private synchronized boolean isToSwallow(TxnRequest request) {
      boolean wanted = toSwallow.test(request);
      toSwallow = wanted ? other -> false : toSwallow;
      return wanted;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      ClientCall<Q, A> call = next.newCall(method, options);
      return method.getFullMethodName().equals(KVGrpc.getTxnMethod().getFullMethodName())
          ? new Txn<>(call)
          : call;
    }

    private final class Txn<Q, A> extends SimpleForwardingClientCall<Q, A> {

      private volatile boolean holds;
      private boolean swallowed;

      Txn(ClientCall<Q, A> call) {
        super(call);
      }

      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {

              @Override
              public void onMessage(A message) {
                later(() -> super.onMessage(message));
              }

              @Override
              public void onClose(Status status, Metadata trailers) {
                later(() -> super.onClose(status, trailers));
              }
            },
            headers);
      }

      private void later(Runnable answer) {
        if (holds) {
          hold(answer);
        } else {
          answer.run();
        }
      }

      @Override
      public void sendMessage(Q message) {
        TxnRequest request = (TxnRequest) message;
        holds = isToHold(request);
        swallowed = isToSwallow(request);
        if (!swallowed) {
          super.sendMessage(message);
        }
      }

      @Override
      public void halfClose() {
        if (!swallowed) {
          super.halfClose();
        }
      }
    }
  }
}
