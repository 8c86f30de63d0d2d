package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.platform.core.PlatformBuilder;
import dev.platform.starter.test.etcd.EtcdCluster;
import dev.platform.starter.test.etcd.EtcdClusterBuilder;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthGrpc.AuthBlockingStub;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.Permission;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Registration and calls go on while the three members of a real etcd change. {@code interop/run
 * etcd} runs it on each version; the build does not.
 */
class EtcdClusterChangesIT {

  private static final String USER = "app";
  private static final String PASSWORD = "secret";

  private final TestAuthority authority = TestAuthority.create("etcd");

  @TempDir private Path folder;

  @BeforeAll
  static void requireEtcd() {
    EtcdExtension.requireReal();
  }

  @Test
  void nothingIsLostWithTlsAndShortTokensWhileMembersAreReplacedPromotedAndKilled()
      throws Exception {
    try (EtcdCluster cluster = secured().start()) {
      addUsers(cluster);
      try (SteadyCalls calls = new SteadyCalls(program -> secured(program, cluster))) {
        calls.assertFollowed();

        int leader = cluster.leader();
        cluster.replace((leader + 1) % 3);
        calls.assertFollowed();

        cluster.promote(cluster.addLearner());
        calls.assertFollowed();

        cluster.kill(cluster.leader());
        calls.assertFollowed();

        awaitCompacted(cluster);
        calls.assertFollowed();
        System.out.printf(
            "[etcd] %s: %d calls, none failed%n",
            cluster.version(cluster.leader()), calls.answered());
      }
    }
  }

  @Test
  void nothingIsLostThroughAProxyWhileAMemberIsKilled() throws Exception {
    try (EtcdCluster cluster = EtcdCluster.start(3);
        GrpcProxy proxy = GrpcProxy.start(cluster.endpoints());
        SteadyCalls calls = new SteadyCalls(program -> program.etcdEndpoints(proxy.endpoint()))) {
      assertFollowedWhileAMemberIsKilled(cluster, calls);
    }
  }

  @Test
  void nothingIsLostThroughAProxyWithMutualTlsOnBothSidesWhileAMemberIsKilled() throws Exception {
    ServerTls tls = ServerTls.mutual(authority.issue("etcd"), authority);
    try (EtcdCluster cluster = EtcdCluster.builder().tls(tls).start();
        GrpcProxy proxy = GrpcProxy.startWithTls(cluster.endpoints(), authority, folder);
        SteadyCalls calls =
            new SteadyCalls(
                program ->
                    program
                        .etcdEndpoints(proxy.endpoint())
                        .etcdTls(tls(authority.issue("program"))))) {
      assertFollowedWhileAMemberIsKilled(cluster, calls);
    }
  }

  private static void assertFollowedWhileAMemberIsKilled(EtcdCluster cluster, SteadyCalls calls)
      throws Exception {
    calls.assertFollowed();
    int killed = cluster.leader();
    cluster.kill(killed);
    calls.assertFollowed();
    cluster.restart(killed);
    calls.assertFollowed();
  }

  /** With tokens that live for three seconds, and a history that is kept for as long. */
  private EtcdClusterBuilder secured() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "a key of the tests, of 32 bytes!");
    return EtcdCluster.builder()
        .tls(ServerTls.mutual(authority.issue("etcd"), authority))
        .option("auth-token", "jwt,priv-key=%s,sign-method=HS256,ttl=3s".formatted(key))
        .option("bcrypt-cost", "4")
        .option("auto-compaction-mode", "periodic")
        .option("auto-compaction-retention", "3s");
  }

  private PlatformBuilder secured(PlatformBuilder program, EtcdCluster cluster) {
    return program
        .etcd(settings(cluster, USER, PASSWORD))
        .etcdTls(tls(authority.issue("without-a-user")));
  }

  /** The test kit is root by its certificate, programs are {@code app} by password. */
  private void addUsers(EtcdCluster cluster) throws Exception {
    ManagedChannel channel = channel(cluster.endpoints().get(0));
    try {
      AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
      auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(EtcdUsers.ROOT).build());
      auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(USER).build());
      for (String prefix : List.of("/services/", "/instances/")) {
        auth.roleGrantPermission(
            AuthRoleGrantPermissionRequest.newBuilder()
                .setName(USER)
                .setPerm(everything(KeyRange.prefix(prefix)))
                .build());
      }
      Map<String, String> roles =
          Map.of(EtcdUsers.ROOT, EtcdUsers.ROOT, "test-kit", EtcdUsers.ROOT, USER, USER);
      roles.forEach(
          (user, role) -> {
            auth.userAdd(
                AuthUserAddRequest.newBuilder().setName(user).setPassword(PASSWORD).build());
            auth.userGrantRole(
                AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build());
          });
      auth.authEnable(AuthEnableRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }

  private static Permission everything(KeyRange range) {
    return Permission.newBuilder()
        .setPermType(Permission.Type.READWRITE)
        .setKey(range.key())
        .setRangeEnd(range.end())
        .build();
  }

  private ManagedChannel channel(URI endpoint) throws IOException {
    TestCertificate own = authority.issue(EtcdUsers.ROOT);
    ChannelCredentials credentials =
        TlsChannelCredentials.newBuilder()
            .trustManager(pem(authority.certificatePem()))
            .keyManager(pem(own.certificatePem()), pem(own.privateKeyPem()))
            .build();
    return Grpc.newChannelBuilderForAddress(endpoint.getHost(), endpoint.getPort(), credentials)
        .build();
  }

  private static InputStream pem(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void awaitCompacted(EtcdCluster cluster) throws Exception {
    long revision = cluster.put("/services/compacted", "1");
    cluster.put("/services/compacted", "2");
    cluster.delete("/services/compacted");
    RangeRequest old =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("/services/compacted"))
            .setRevision(revision)
            .build();
    try (EtcdConnection root = connect(cluster, authority.issue(EtcdUsers.ROOT))) {
      await("etcd compacts by itself")
          .atMost(SteadyCalls.LIMIT)
          .untilAsserted(() -> assertThat(refusal(root, old)).contains("has been compacted"));
    }
  }

  private static String refusal(EtcdConnection connection, RangeRequest request)
      throws InterruptedException {
    try {
      return "none: " + connection.kv().range(request).get().getCount();
    } catch (ExecutionException e) {
      return String.valueOf(Status.fromThrowable(e.getCause()).getDescription());
    }
  }

  private EtcdConnection connect(EtcdCluster cluster, TestCertificate own) {
    return EtcdConnection.builder(settings(cluster, null, null)).tls(tls(own)).open();
  }

  private EtcdTls tls(TestCertificate own) {
    return TestTls.trusting(authority, own);
  }

  private static EtcdSettings settings(EtcdCluster cluster, String user, String password) {
    List<String> endpoints = cluster.endpoints().stream().map(URI::toString).toList();
    return new EtcdSettings(endpoints, user, password, Duration.ofSeconds(5));
  }
}
