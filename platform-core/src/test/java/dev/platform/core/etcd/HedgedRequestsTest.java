package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HedgedRequestsTest {

  private static final Duration TIMEOUT = Duration.ofMillis(3000);

  /** Shorter than a request timeout. */
  private static final long IN_TIME_MILLIS = 2500;

  private static final MethodDescriptor<?, ?> RANGE = KVGrpc.getRangeMethod();
  private static final RangeRequest KEY =
      RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();

  private final SilentCalls silent = new SilentCalls();
  private EmbeddedEtcd etcd;
  private EtcdConnection connection;

  @BeforeEach
  void start() throws Exception {
    etcd = EmbeddedEtcd.builder().user("app", "secret").build();
    etcd.start();
    connection = silent.open(etcd.port(), "app", "secret", TIMEOUT);
  }

  @AfterEach
  void stop() {
    connection.close();
    etcd.close();
  }

  @Test
  void aRequestThatIsNotAnsweredIsSentToTheNextMember() throws Exception {
    warmUp();
    long cancelled = silent.countCancelled(RANGE);
    silent.silenceNext(RANGE);

    assertThat(callsOf(this::read)).isGreaterThan(1);

    assertThat(silent.countCancelled(RANGE)).isGreaterThan(cancelled);
    assertThat(connection.availability().isAvailable()).isTrue();
  }

  @Test
  void aPageThatIsNotAnsweredIsReadFromTheNextMember() throws Exception {
    warmUp();
    silent.silenceNext(RANGE);
    CompletableFuture<Long> done = new CompletableFuture<>();

    connection.execute(
        () ->
            EtcdRange.read(
                connection, KeyRange.prefix("k"), true, 100, new CompletingReader(done)));

    assertThat(done.get(IN_TIME_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(etcd.revision());
  }

  @Test
  void aSignInThatIsNotAnsweredIsSentToTheNextMember() throws Exception {
    silent.silenceNext(AuthGrpc.getAuthenticateMethod());

    read();

    assertThat(silent.count(AuthGrpc.getAuthenticateMethod())).isGreaterThan(1);
  }

  @Test
  void aRefusalIsNotRepeated() {
    assertThatThrownBy(
            () ->
                outcome(
                        () ->
                            connection
                                .lease()
                                .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(1).build()))
                    .get(IN_TIME_MILLIS, TimeUnit.MILLISECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasStackTraceContaining("NOT_FOUND");

    assertThat(silent.count(LeaseGrpc.getLeaseRevokeMethod())).isOne();
  }

  @Test
  void anEtcdThatIsSlowAsAWholeIsAskedOnceUntilItAnswersInTime() throws Exception {
    warmUp();
    etcd.delayAnswers(Duration.ofMillis(700));
    assertThat(callsOf(this::read)).isGreaterThan(1);
    assertThat(callsOf(this::read)).isGreaterThan(1);

    assertThat(callsOf(this::read)).isOne();

    etcd.delayAnswers(Duration.ZERO);
    assertThat(callsOf(this::read)).isOne();
    etcd.delayAnswers(Duration.ofMillis(700));
    assertThat(callsOf(this::read)).isGreaterThan(1);
  }

  /** What is not answered at all counts as a failure of etcd's, and takes no longer than once. */
  @Test
  void failsAfterOneRequestTimeout() throws Exception {
    warmUp();
    silent.silenceAll();
    long before = silent.count(RANGE);
    long start = System.nanoTime();

    assertThatThrownBy(() -> outcome(() -> connection.kv().range(KEY)).get(5, TimeUnit.SECONDS))
        .hasStackTraceContaining("DEADLINE_EXCEEDED");

    assertThat(System.nanoTime() - start).isLessThan(TIMEOUT.plusMillis(900).toNanos());
    assertThat(silent.count(RANGE) - before).isEqualTo(3);
    await().until(() -> connection.availability().lastError() != null);
  }

  /** Connects, signs in, and gets an answer in time. */
  private void warmUp() {
    await().ignoreExceptions().until(() -> callsOf(this::read) == 1);
  }

  private void read() throws Exception {
    outcome(() -> connection.kv().range(KEY)).get(IN_TIME_MILLIS, TimeUnit.MILLISECONDS);
  }

  private long callsOf(Action action) throws Exception {
    long before = silent.count(RANGE);
    action.run();
    return silent.count(RANGE) - before;
  }

  private <T> CompletableFuture<T> outcome(Supplier<ListenableFuture<T>> request) {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    connection.execute(
        () ->
            connection.hedge(
                request,
                outcome::complete,
                failure -> outcome.completeExceptionally(failure.asException())));
    return outcome;
  }

  private interface Action {

    void run() throws Exception;
  }

  private record CompletingReader(CompletableFuture<Long> outcome) implements EtcdRange.Reader {

    @Override
    public @Nullable ByteString page(List<KeyValue> page) {
      return null;
    }

    @Override
    public void done(long revision) {
      outcome.complete(revision);
    }

    @Override
    public void failed(Status failure) {
      outcome.completeExceptionally(failure.asException());
    }
  }
}
