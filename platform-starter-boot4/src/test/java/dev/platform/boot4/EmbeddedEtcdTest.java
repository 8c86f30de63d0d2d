package dev.platform.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.tls.TestAuthority;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.ClassUtils;

/** The embedded etcd on the application's own Netty, which has another version here. */
class EmbeddedEtcdTest {

  private final TestAuthority authority = TestAuthority.create("etcd");
  private EmbeddedEtcd etcd;
  private ManagedChannel channel;

  @AfterEach
  void stop() {
    channel.shutdownNow();
    etcd.close();
  }

  @Test
  void runsWithoutShadedNetty() {
    start(EmbeddedEtcd.builder().build(), InsecureChannelCredentials.create());
    assertThat(ClassUtils.isPresent("io.grpc.netty.shaded.io.netty.channel.Channel", null))
        .isFalse();
    assertThat(keys()).isZero();
  }

  @Test
  void answersNothingWhileItIsFrozen() {
    start(EmbeddedEtcd.builder().build(), InsecureChannelCredentials.create());
    assertThat(keys()).isZero();
    etcd.freeze();
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> keys(300));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    etcd.thaw();
    assertThat(keys()).isZero();
  }

  @Test
  void resetsConnections() {
    start(EmbeddedEtcd.builder().build(), InsecureChannelCredentials.create());
    CompletableFuture<Void> created = new CompletableFuture<>();
    CompletableFuture<Status.Code> end = new CompletableFuture<>();
    StreamObserver<WatchRequest> watch =
        WatchGrpc.newStub(channel)
            .watch(
                new StreamObserver<>() {
                  @Override
                  public void onNext(WatchResponse response) {
                    created.complete(null);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    end.complete(Status.fromThrowable(failure).getCode());
                  }

                  @Override
                  public void onCompleted() {}
                });
    watch.onNext(
        WatchRequest.newBuilder().setCreateRequest(WatchCreateRequest.newBuilder()).build());
    assertThat(created).succeedsWithin(5, TimeUnit.SECONDS);
    etcd.dropConnections();
    assertThat(end).succeedsWithin(5, TimeUnit.SECONDS).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void speaksTls() throws Exception {
    byte[] pem = authority.certificatePem().getBytes(StandardCharsets.US_ASCII);
    start(
        EmbeddedEtcd.builder().tls(ServerTls.of(authority.issue("etcd"))).build(),
        TlsChannelCredentials.newBuilder().trustManager(new ByteArrayInputStream(pem)).build());
    assertThat(keys()).isZero();
  }

  private void start(EmbeddedEtcd server, ChannelCredentials credentials) {
    etcd = server;
    etcd.start();
    channel =
        Grpc.newChannelBuilder("127.0.0.1:" + etcd.port(), credentials).directExecutor().build();
  }

  private long keys() {
    return keys(5_000);
  }

  private long keys(long millis) {
    return KVGrpc.newBlockingStub(channel)
        .withDeadlineAfter(millis, TimeUnit.MILLISECONDS)
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build())
        .getCount();
  }
}
