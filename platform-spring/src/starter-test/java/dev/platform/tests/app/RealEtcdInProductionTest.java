package dev.platform.tests.app;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.starter.test.tls.TestCertificate;
import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.Permission;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;

class RealEtcdInProductionTest extends EtcdInProductionFaults {

  private static final ByteString PREFIX = ByteString.copyFromUtf8("/ours/");
  private static final ByteString PREFIX_END = ByteString.copyFromUtf8("/ours0");

  private boolean users;

  @BeforeAll
  static void requireEtcd() {
    EtcdExtension.requireReal();
  }

  @Override
  EtcdServer secured(ServerTls tls) {
    return EtcdProcess.builder().tls(tls).build();
  }

  @Override
  void certificate(EtcdServer server, TestCertificate certificate) {
    ((EtcdProcess) server).certificate(certificate);
  }

  /** Tokens expire a second after their last use; an app is idle for longer. */
  @Override
  EtcdServer withUser() {
    EtcdProcess etcd = EtcdProcess.builder().option("auth-token-ttl", "1").build();
    etcd.start();
    users = true;
    return with(
        etcd,
        channel -> {
          var auth = AuthGrpc.newBlockingStub(channel);
          addUser(auth, "root", "secret");
          addUser(auth, "app", "app");
          auth.roleGrantPermission(
              AuthRoleGrantPermissionRequest.newBuilder()
                  .setName("app")
                  .setPerm(
                      Permission.newBuilder()
                          .setPermType(Permission.Type.READWRITE)
                          .setKey(PREFIX)
                          .setRangeEnd(PREFIX_END))
                  .build());
          auth.authEnable(AuthEnableRequest.getDefaultInstance());
          return etcd;
        });
  }

  @Override
  EtcdServer plain() {
    return EtcdProcess.create();
  }

  @Override
  List<String> keys(EtcdServer server, String prefix) {
    if (!users) {
      return server.keys(prefix);
    }
    return asRoot(
        server,
        kv ->
            kv
                .range(RangeRequest.newBuilder().setKey(PREFIX).setRangeEnd(PREFIX_END).build())
                .getKvsList()
                .stream()
                .map(found -> found.getKey().toStringUtf8())
                .filter(key -> key.startsWith(prefix))
                .toList());
  }

  @Override
  void put(EtcdServer server, String key, String value) {
    if (!users) {
      server.put(key, value);
      return;
    }
    asRoot(
        server,
        kv ->
            kv.put(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8(value))
                    .build()));
  }

  /** Waits until an unused token has expired; a request with the token would prolong it. */
  @Override
  void expireTokens(EtcdServer server) {
    String token = token(server);
    await()
        .pollDelay(Duration.ofSeconds(3))
        .pollInterval(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(20))
        .until(() -> isRefused(server, token));
  }

  private static void addUser(AuthGrpc.AuthBlockingStub auth, String name, String password) {
    auth.userAdd(AuthUserAddRequest.newBuilder().setName(name).setPassword(password).build());
    auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
    auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser(name).setRole(name).build());
  }

  private static boolean isRefused(EtcdServer server, String token) {
    try {
      as(server, token, kv -> kv.range(RangeRequest.newBuilder().setKey(PREFIX).build()));
      return false;
    } catch (StatusRuntimeException refused) {
      return refused.getStatus().getCode() == Status.Code.UNAUTHENTICATED;
    }
  }

  private static <T> T asRoot(EtcdServer server, Function<KVGrpc.KVBlockingStub, T> request) {
    return as(server, token(server), request);
  }

  private static <T> T as(
      EtcdServer server, String token, Function<KVGrpc.KVBlockingStub, T> request) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
    return with(
        server,
        channel ->
            request.apply(
                KVGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))));
  }

  private static String token(EtcdServer server) {
    AuthenticateRequest login =
        AuthenticateRequest.newBuilder().setName("root").setPassword("secret").build();
    return with(
        server, channel -> AuthGrpc.newBlockingStub(channel).authenticate(login).getToken());
  }

  private static <T> T with(EtcdServer server, Function<ManagedChannel, T> request) {
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + server.port(), InsecureChannelCredentials.create())
            .build();
    try {
      return request.apply(channel);
    } finally {
      channel.shutdownNow();
    }
  }
}
