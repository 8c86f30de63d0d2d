package dev.platform.starter.test.etcd;

import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import io.grpc.stub.StreamObserver;

/** A cluster of one. */
final class ClusterService extends ClusterGrpc.ClusterImplBase {

  private final Member member;

  ClusterService(Member member) {
    this.member = member;
  }

  @Override
  public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> observer) {
    Answers.reply(
        observer,
        () -> {
          Access.require();
          return MemberListResponse.newBuilder()
              .setHeader(member.header(0))
              .addMembers(
                  io.etcd.jetcd.api.Member.newBuilder()
                      .setID(member.id())
                      .setName("embedded")
                      .addClientURLs(member.clientUrl())
                      .addPeerURLs(member.clientUrl()))
              .build();
        });
  }
}
