package dev.platform.benchmarks;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The minimum cost of a watch: a bare stream, with callbacks on the network's own thread. */
final class RawWatch implements AutoCloseable {

  private final ManagedChannel channel;

  /** Watches a prefix; blocks until etcd has confirmed the watch. */
  RawWatch(URI etcd, String prefix, Consumer<Event> subscriber) {
    channel =
        NettyChannelBuilder.forAddress(etcd.getHost(), etcd.getPort())
            .usePlaintext()
            .directExecutor()
            .build();
    CompletableFuture<Boolean> created = new CompletableFuture<>();
    WatchGrpc.newStub(channel)
        .watch(
            new StreamObserver<WatchResponse>() {
              @Override
              public void onNext(WatchResponse answer) {
                if (answer.getCreated()) {
                  created.complete(true);
                }
                answer.getEventsList().forEach(subscriber);
              }

              @Override
              public void onError(Throwable failure) {
                created.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {
                created.complete(false);
              }
            })
        .onNext(
            WatchRequest.newBuilder()
                .setCreateRequest(
                    WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(prefix))
                        // '0' follows '/', the last character of every prefix here.
                        .setRangeEnd(
                            ByteString.copyFromUtf8(
                                prefix.substring(0, prefix.length() - 1) + "0")))
                .build());
    if (!created.join()) {
      throw new IllegalStateException("etcd ended the watch");
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
