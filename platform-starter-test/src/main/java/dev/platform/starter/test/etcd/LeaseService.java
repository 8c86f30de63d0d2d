package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.Answers.reply;

import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** etcd's lease service on {@link EtcdState}. */
final class LeaseService implements BindableService {

  private final EtcdState state;
  private final Member member;
  private final Faults faults;

  LeaseService(EtcdState state, Member member, Faults faults) {
    this.state = state;
    this.member = member;
    this.faults = faults;
  }

  @Override
  public ServerServiceDefinition bindService() {
    ServerServiceDefinition generated = new Calls().bindService();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(generated.getServiceDescriptor().getName())
            .addMethod(LeaseLeases.METHOD);
    generated.getMethods().forEach(m -> descriptor.addMethod(m.getMethodDescriptor()));
    ServerServiceDefinition.Builder all = ServerServiceDefinition.builder(descriptor.build());
    generated.getMethods().forEach(all::addMethod);
    return all.addMethod(
            LeaseLeases.METHOD, ServerCalls.asyncUnaryCall((request, observer) -> leases(observer)))
        .build();
  }

  private void leases(StreamObserver<LeaseRevokeResponse> observer) {
    reply(
        observer,
        () -> {
          var result = state.leases();
          return LeaseLeases.response(member.header(result.revision()), result.answer());
        });
  }

  /** The calls of the generated base class. */
  private final class Calls extends LeaseGrpc.LeaseImplBase {

    @Override
    public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> observer) {
      reply(
          observer,
          () -> {
            Access.require();
            faults.requireSpace();
            var result = state.grant(request.getID(), request.getTTL());
            return LeaseGrantResponse.newBuilder()
                .setHeader(member.header(result.revision()))
                .setID(result.answer().id())
                .setTTL(result.answer().ttlSeconds())
                .build();
          });
    }

    @Override
    public void leaseRevoke(
        LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> observer) {
      reply(
          observer,
          () -> {
            Access.refuseBadToken();
            List<KeyRange> keys = keys(request.getID());
            if (!keys.isEmpty()) {
              Access.require(keys);
            }
            long revision = state.revoke(request.getID());
            return LeaseRevokeResponse.newBuilder().setHeader(member.header(revision)).build();
          });
    }

    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
        StreamObserver<LeaseKeepAliveResponse> observer) {
      return new KeepAlives(observer);
    }

    @Override
    public void leaseTimeToLive(
        LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> observer) {
      reply(
          observer,
          () -> {
            Access.require(request.getKeys() ? keys(request.getID()) : List.of());
            var result = state.timeToLive(request.getID());
            LeaseTimeToLiveResponse.Builder response =
                LeaseTimeToLiveResponse.newBuilder()
                    .setHeader(member.header(result.revision()))
                    .setID(request.getID())
                    .setTTL(-1);
            result
                .answer()
                .ifPresent(
                    left -> {
                      response.setTTL(left.seconds()).setGrantedTTL(left.grantedSeconds());
                      if (request.getKeys()) {
                        response.addAllKeys(left.keys());
                      }
                    });
            return response.build();
          });
    }

    private List<KeyRange> keys(long id) {
      return state.timeToLive(id).answer().stream()
          .flatMap(left -> left.keys().stream())
          .map(KeyRange::single)
          .toList();
    }
  }

  /** One stream; it may keep many leases alive. */
  private final class KeepAlives implements StreamObserver<LeaseKeepAliveRequest> {

    private final StreamObserver<LeaseKeepAliveResponse> observer;

    KeepAlives(StreamObserver<LeaseKeepAliveResponse> observer) {
      this.observer = observer;
    }

    @Override
    public void onNext(LeaseKeepAliveRequest request) {
      var result = state.keepAlive(request.getID());
      observer.onNext(
          LeaseKeepAliveResponse.newBuilder()
              .setHeader(member.header(result.revision()))
              .setID(request.getID())
              .setTTL(result.answer())
              .build());
    }

    @Override
    public void onError(Throwable cancelled) {
      // The client has disconnected; its leases expire by themselves.
    }

    @Override
    public void onCompleted() {
      observer.onCompleted();
    }
  }
}
