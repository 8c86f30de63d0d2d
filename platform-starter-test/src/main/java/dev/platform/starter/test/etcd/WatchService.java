package dev.platform.starter.test.etcd;

import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** etcd's watch service on {@link EtcdState}. */
final class WatchService extends WatchGrpc.WatchImplBase {

  private final EtcdState state;
  private final Member member;
  private final WatchHub hub;

  WatchService(EtcdState state, Member member, WatchHub hub) {
    this.state = state;
    this.member = member;
    this.hub = hub;
  }

  @Override
  public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> observer) {
    var client = (ServerCallStreamObserver<WatchResponse>) observer;
    WatchStream stream = new WatchStream(client, hub, state, member, Access.caller());
    client.setOnReadyHandler(stream::wake);
    client.setOnCancelHandler(stream::close);
    hub.add(stream);
    return stream;
  }
}
