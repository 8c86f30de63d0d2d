package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.assertRefused;
import static dev.platform.starter.test.etcd.EtcdApi.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * A server with the user {@code root}, password {@code secret}, and {@code app}, password {@code
 * app}, who has access to keys below {@code /a/} only.
 */
abstract class AuthConformance extends ConformanceCase {

  private static final String USER_EMPTY = "user name is empty";

  @Test
  void requiresALoginForKeyAccess() {
    String root = login("secret");
    long lease = grantAs(root);
    putAs(root, "k", lease);

    assertRefused(() -> api.get("k"), Status.Code.INVALID_ARGUMENT, USER_EMPTY);
    assertRefused(() -> api.put("k", "1"), Status.Code.INVALID_ARGUMENT, USER_EMPTY);
    assertRefused(() -> api.delete("k"), Status.Code.INVALID_ARGUMENT, USER_EMPTY);
    assertRefused(
        () -> api.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build()),
        Status.Code.INVALID_ARGUMENT,
        USER_EMPTY);
    assertThat(
            api.maintenance()
                .withInterceptors(token(root))
                .status(StatusRequest.getDefaultInstance())
                .getLeader())
        .isNotZero();
    assertThat(
            api.cluster()
                .withInterceptors(token(root))
                .memberList(MemberListRequest.getDefaultInstance())
                .getMembersCount())
        .isEqualTo(1);
    assertRefused(
        () -> login("wrong"),
        Status.Code.INVALID_ARGUMENT,
        "authentication failed, invalid user ID or password");
    assertRefused(
        () -> putAs("made.up", "k", 0), Status.Code.UNAUTHENTICATED, "invalid auth token");
  }

  @Test
  void letsEverybodyInWhileAuthenticationIsSwitchedOff() {
    String token = login("app", "app");
    requireAuthentication(false);

    api.put("k", "1");
    var watch = api.watch().send(WatchRequests.key("k"));
    assertThat(watch.next().getCanceled()).isFalse();
    assertRefused(
        () -> login("secret"), Status.Code.FAILED_PRECONDITION, "authentication is not enabled");

    requireAuthentication(true);

    assertRefused(() -> api.put("k", "2"), Status.Code.INVALID_ARGUMENT, USER_EMPTY);
    assertRefused(() -> putAs(token, "/a/k", 0), Status.Code.UNAUTHENTICATED, "invalid auth token");
    putAs(login("secret"), "k", 0);
    assertThat(watch.next().getEventsCount()).isEqualTo(1);
    assertThat(watch.send(WatchRequests.key("k")).next().getCancelReason())
        .isEqualTo("rpc error: code = InvalidArgument desc = etcdserver: " + USER_EMPTY);
  }

  abstract void requireAuthentication(boolean required);

  @Test
  void cancelsWatchesWithoutALogin() {
    String token = login("secret");
    WatchResponse refused = api.watch().send(WatchRequests.key("k")).next();
    assertThat(refused.getCreated()).isTrue();
    assertThat(refused.getCanceled()).isTrue();
    assertThat(refused.getWatchId()).isEqualTo(-1);
    assertThat(refused.getCancelReason())
        .isEqualTo("rpc error: code = InvalidArgument desc = etcdserver: " + USER_EMPTY);

    var watch =
        Probe.open(WatchGrpc.newStub(api.channel).withInterceptors(token(token))::watch)
            .send(WatchRequests.key("k"));
    assertThat(watch.next().getCanceled()).isFalse();
    putAs(token, "k", 0);
    assertThat(watch.next().getEventsCount()).isEqualTo(1);
  }

  @Test
  void restrictsUsersToTheirKeys() {
    String token = login("app", "app");
    api.close();
    api = new EtcdApi(etcd(), token(token));
    long lease = api.grant(60);
    api.put("/a/k", "1", lease);

    assertThat(api.get("/a/k").getValue()).isEqualTo(bytes("1"));
    assertThat(api.kv().range(EtcdApi.prefix("/a/").build()).getCount()).isEqualTo(1);
    assertDenied(() -> api.put("/b/k", "1"));
    assertDenied(() -> api.delete("/b/k"));
    assertDenied(() -> api.kv().range(EtcdApi.prefix("/").build()));
    assertDenied(() -> api.kv().range(EtcdApi.prefix("").build()));
    assertDenied(
        () ->
            api.kv()
                .txn(
                    TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder().setRequestPut(put("/a/k")))
                        .addFailure(RequestOp.newBuilder().setRequestPut(put("/b/k")))
                        .build()));

    var watch = api.watch().send(WatchRequests.key("/b/k"));
    WatchResponse refused = watch.next();
    assertThat(refused.getCanceled()).isTrue();
    assertThat(refused.getCancelReason())
        .isEqualTo("rpc error: code = PermissionDenied desc = etcdserver: permission denied");
    watch.send(WatchRequests.key("/a/k"));
    assertThat(watch.next().getCanceled()).isFalse();
  }

  private static void assertDenied(ThrowingCallable call) {
    assertRefused(call, Status.Code.PERMISSION_DENIED, "permission denied");
  }

  private static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(bytes(key)).build();
  }

  String login(String password) {
    return login("root", password);
  }

  String login(String user, String password) {
    AuthenticateRequest request =
        AuthenticateRequest.newBuilder().setName(user).setPassword(password).build();
    return AuthGrpc.newBlockingStub(api.channel).authenticate(request).getToken();
  }

  private long grantAs(String token) {
    LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setTTL(60).build();
    return api.lease().withInterceptors(token(token)).leaseGrant(request).getID();
  }

  private void putAs(String token, String key, long lease) {
    PutRequest request = PutRequest.newBuilder().setKey(bytes(key)).setLease(lease).build();
    assertThat(api.kv().withInterceptors(token(token)).put(request).hasHeader()).isTrue();
  }

  static ClientInterceptor token(String token) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }
}
