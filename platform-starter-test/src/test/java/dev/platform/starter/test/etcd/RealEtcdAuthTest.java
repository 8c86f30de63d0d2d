package dev.platform.starter.test.etcd;

import dev.platform.starter.test.junit.EtcdExtension;
import io.etcd.jetcd.api.AuthDisableRequest;
import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.Permission;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class RealEtcdAuthTest extends AuthConformance {

  @RegisterExtension final EtcdExtension etcd = EtcdExtension.real();

  @Override
  EtcdServer etcd() {
    return etcd.server();
  }

  @Override
  void requireAuthentication(boolean required) {
    if (required) {
      AuthGrpc.newBlockingStub(api.channel).authEnable(AuthEnableRequest.getDefaultInstance());
    } else {
      AuthGrpc.newBlockingStub(api.channel)
          .withInterceptors(token(login("secret")))
          .authDisable(AuthDisableRequest.getDefaultInstance());
    }
  }

  @BeforeEach
  void enableLogin() {
    var auth = AuthGrpc.newBlockingStub(api.channel);
    auth.userAdd(AuthUserAddRequest.newBuilder().setName("root").setPassword("secret").build());
    auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("root").build());
    auth.userGrantRole(
        AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
    auth.userAdd(AuthUserAddRequest.newBuilder().setName("app").setPassword("app").build());
    auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("a").build());
    auth.roleGrantPermission(
        AuthRoleGrantPermissionRequest.newBuilder()
            .setName("a")
            .setPerm(
                Permission.newBuilder()
                    .setPermType(Permission.Type.READWRITE)
                    .setKey(EtcdApi.bytes("/a/"))
                    .setRangeEnd(EtcdApi.bytes("/a0")))
            .build());
    auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser("app").setRole("a").build());
    auth.authEnable(AuthEnableRequest.getDefaultInstance());
  }
}
