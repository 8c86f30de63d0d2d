package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.starter.test.junit.EtcdExtension;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedEtcdAuthTest extends AuthConformance {

  @RegisterExtension
  final EtcdExtension etcd =
      EtcdExtension.embedded(
          EmbeddedEtcd.builder().user("root", "secret").user("app", "app", List.of("/a/")));

  @Test
  void expiresTokensOnRequest() {
    EtcdApi known = new EtcdApi(etcd(), token(login("secret")));
    known.put("k", "1");
    var watch = known.watch().send(WatchRequests.key("k"));
    assertThat(watch.next().getCanceled()).isFalse();

    etcd.embeddedServer().expireTokens();

    assertRefused(() -> known.put("k", "2"), Status.Code.UNAUTHENTICATED, "invalid auth token");
    etcd().put("k", "3");
    assertThat(watch.next().getEventsCount()).isEqualTo(1);
    assertThat(watch.send(WatchRequests.key("k")).next().getCancelReason())
        .isEqualTo("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token");
    known.close();
  }

  /** As the latest etcd 3.5, 3.6 and 3.7; earlier ones ask for none. */
  @Test
  void requiresALoginForLeasesStatusAndMembers() {
    assertRefused(
        () -> api.cluster().memberList(MemberListRequest.getDefaultInstance()),
        Status.Code.INVALID_ARGUMENT,
        "user name is empty");
    assertRefused(
        () -> api.maintenance().status(StatusRequest.getDefaultInstance()),
        Status.Code.INVALID_ARGUMENT,
        "user name is empty");
    assertRefused(() -> api.grant(60), Status.Code.INVALID_ARGUMENT, "user name is empty");
    assertRefused(
        () -> api.lease().leaseTimeToLive(LeaseTimeToLiveRequest.getDefaultInstance()),
        Status.Code.INVALID_ARGUMENT,
        "user name is empty");
  }

  @Test
  void changesTheRoleOfAUser() {
    EtcdApi app = new EtcdApi(etcd(), token(login("app", "app")));
    app.put("/a/k", "1");

    etcd.embeddedServer().permit("app", List.of());
    assertRefused(() -> app.put("/a/k", "2"), Status.Code.PERMISSION_DENIED, "permission denied");

    etcd.embeddedServer().permit("app", List.of(""));
    app.put("/b/k", "3");
    app.close();
    assertThatThrownBy(() -> etcd.embeddedServer().permit("nobody", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Override
  EtcdServer etcd() {
    return etcd.server();
  }

  @Override
  void requireAuthentication(boolean required) {
    etcd.embeddedServer().requireAuthentication(required);
  }
}
