package dev.platform.mall;

import com.google.protobuf.ByteString;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdSettings;
import dev.platform.core.etcd.EtcdTls;
import dev.platform.core.etcd.EtcdUser;
import dev.platform.core.etcd.EtcdUsers;
import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A real etcd with mutual TLS, which knows its users by their certificates: one for each app, which
 * may write the keys of the app's own services and read all.
 */
final class SecureEtcd {

  /** The common name of the certificate that the test kit's own client uses. */
  private static final String KIT = "test-kit";

  private static final Duration REQUEST = Duration.ofSeconds(20);

  private final TestAuthority authority = TestAuthority.create("etcd");
  private final EtcdProcess process;

  private SecureEtcd() {
    this.process =
        EtcdProcess.builder().tls(ServerTls.mutual(authority.issue("etcd"), authority)).build();
  }

  /** Running, with its users. */
  static SecureEtcd start() {
    EtcdExtension.requireReal();
    SecureEtcd etcd = new SecureEtcd();
    try {
      etcd.process.start();
      ProcessReaper.childrenChanged();
      etcd.addUsers();
    } catch (RuntimeException e) {
      etcd.process.close();
      throw e;
    }
    return etcd;
  }

  /** The server; what it does by itself, such as {@code put}, it does as etcd's root. */
  EtcdProcess process() {
    return process;
  }

  TestAuthority authority() {
    return authority;
  }

  /** etcd's name of an app's user. */
  static String user(App app) {
    return app.id() + "-app";
  }

  /** Writes a key as this user, and returns etcd's answer: OK, or why not. */
  Status put(String user, String key, String value) {
    PutRequest request =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(key))
            .setValue(ByteString.copyFromUtf8(value))
            .build();
    ManagedChannel channel = connect(user);
    try {
      var unused =
          KVGrpc.newBlockingStub(channel)
              .withDeadlineAfter(REQUEST.toSeconds(), TimeUnit.SECONDS)
              .put(request);
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    } finally {
      channel.shutdownNow();
    }
  }

  private void addUsers() {
    List<EtcdUser> users =
        Arrays.stream(App.values())
            .map(app -> new EtcdUser(user(app), Set.copyOf(app.services())))
            .toList();
    EtcdSettings settings =
        new EtcdSettings(List.of(process.endpoint().toString()), null, null, REQUEST);
    try (EtcdConnection root =
        EtcdConnection.builder(settings).tls(tls(authority.issue(EtcdUsers.ROOT))).open()) {
      new EtcdUsers(root, "").apply(users);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while adding etcd's users", e);
    }
    ManagedChannel channel = connect(EtcdUsers.ROOT);
    try {
      AuthGrpc.AuthBlockingStub auth =
          AuthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(REQUEST.toSeconds(), TimeUnit.SECONDS);
      var unusedUser =
          auth.userAdd(
              AuthUserAddRequest.newBuilder()
                  .setName(KIT)
                  .setPassword(UUID.randomUUID().toString())
                  .build());
      var unusedRole =
          auth.userGrantRole(
              AuthUserGrantRoleRequest.newBuilder().setUser(KIT).setRole(EtcdUsers.ROOT).build());
    } finally {
      channel.shutdownNow();
    }
  }

  private EtcdTls tls(TestCertificate own) {
    KeyStores stores = KeyStores.of(authority, own);
    return new EtcdTls("tests", stores.trust(), stores.key(), null, null);
  }

  private ManagedChannel connect(String user) {
    return TlsClient.of(List.of(authority), authority.issue(user))
        .connect("127.0.0.1:" + process.port(), "localhost");
  }
}
