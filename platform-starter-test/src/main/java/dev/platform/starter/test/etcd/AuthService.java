package dev.platform.starter.test.etcd;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.stub.StreamObserver;

/** Logs users in. */
final class AuthService extends AuthGrpc.AuthImplBase {

  private final EtcdState state;
  private final Member member;
  private final Access access;

  AuthService(EtcdState state, Member member, Access access) {
    this.state = state;
    this.member = member;
    this.access = access;
  }

  @Override
  public void authenticate(
      AuthenticateRequest request, StreamObserver<AuthenticateResponse> observer) {
    Answers.reply(
        observer,
        () ->
            AuthenticateResponse.newBuilder()
                .setHeader(member.header(state.revision()))
                .setToken(access.login(request.getName(), request.getPassword()))
                .build());
  }
}
