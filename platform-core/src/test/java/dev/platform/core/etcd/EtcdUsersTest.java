package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.starter.test.tls.TestAuthority;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.Status;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a real etcd, which knows its users by their certificates. */
class EtcdUsersTest {

  private static final String DENIED = "etcdserver: permission denied";
  private static final TestAuthority AUTHORITY = TestAuthority.create("etcd");
  private static final EtcdUser ORDER =
      new EtcdUser("order-app", Set.of("order-service", "notification-service"));
  private static final EtcdUser PAYMENT = new EtcdUser("payment-app", Set.of("payment-service"));

  private static EtcdProcess etcd;

  @BeforeAll
  static void start() throws Exception {
    EtcdExtension.requireReal();
    etcd =
        EtcdProcess.builder().tls(ServerTls.mutual(AUTHORITY.issue("server"), AUTHORITY)).build();
    etcd.start();
    apply(ORDER, PAYMENT);
  }

  @AfterAll
  static void stop() {
    if (etcd != null) {
      etcd.close();
    }
  }

  @Test
  void aUserWritesTheKeysOfItsOwnServicesAndReadsAll() throws Exception {
    try (EtcdConnection order = connect("order-app")) {
      assertThat(put(order, "/staging/services/order-service/10.0.0.1:1")).isNull();
      assertThat(put(order, "/staging/services/notification-service/10.0.0.1:1")).isNull();
      assertThat(put(order, "/staging/services/payment-service/10.0.0.1:1")).isEqualTo(DENIED);
      assertThat(put(order, "/staging/services/order-service-2/10.0.0.1:1")).isEqualTo(DENIED);
      assertThat(put(order, "/services/order-service/10.0.0.1:1")).isEqualTo(DENIED);
      assertThat(count(order, "/staging/services/", "/staging/services0")).isGreaterThan(1);
    }
  }

  @Test
  void aCertificateWithoutAUserMayDoNothing() throws Exception {
    try (EtcdConnection stranger = connect("stranger")) {
      assertThat(put(stranger, "/staging/services/order-service/10.0.0.1:1")).isEqualTo(DENIED);
      assertThatThrownBy(() -> count(stranger, "/staging/services/", "/staging/services0"))
          .hasMessageContaining(DENIED);
    }
  }

  @Test
  void usersAreCorrectedAndNothingElseIsTouched() throws Exception {
    EtcdUser changed = new EtcdUser("payment-app", Set.of("bank-gateway"));
    apply(ORDER, changed);
    try (EtcdConnection payment = connect("payment-app")) {
      assertThat(put(payment, "/staging/services/bank-gateway/10.0.0.1:1")).isNull();
      assertThat(put(payment, "/staging/services/payment-service/10.0.0.1:1")).isEqualTo(DENIED);
    }
    apply(PAYMENT);
    try (EtcdConnection payment = connect("payment-app");
        EtcdConnection order = connect("order-app")) {
      assertThat(put(payment, "/staging/services/bank-gateway/10.0.0.1:1")).isEqualTo(DENIED);
      assertThat(put(payment, "/staging/services/payment-service/10.0.0.1:1")).isNull();
      assertThat(put(order, "/staging/services/order-service/10.0.0.1:1")).isNull();
    }
  }

  @Test
  void anInstancesSecondKeyIsItsServicesOwn() throws Exception {
    try (EtcdConnection payment = connect("payment-app")) {
      assertThat(put(payment, "/staging/instances/payment-service/10.0.0.1:1")).isNull();
      assertThat(put(payment, "/staging/instances/order-service/10.0.0.1:1")).isEqualTo(DENIED);
      assertThat(count(payment, "/staging/instances/", "/staging/instances0")).isPositive();
    }
  }

  @Test
  void aRefusalOfKeysThatCanBeDoneWithoutIsNoProblem() throws Exception {
    try (EtcdConnection stranger = connect("stranger")) {
      RangeRequest request =
          RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("/instances/a/b:1")).build();
      assertThatThrownBy(() -> stranger.optionalKv().range(request).get())
          .hasMessageContaining(DENIED);
      assertThat(stranger.availability().describe()).doesNotContain("permission denied");
      assertThatThrownBy(() -> stranger.kv().range(request).get()).hasMessageContaining(DENIED);
      assertThat(stranger.availability().describe()).contains("permission denied");
    }
  }

  @Test
  void aNamespaceNeedsNoSlashAtItsBeginning() throws Exception {
    try (EtcdConnection root = connect(EtcdUsers.ROOT)) {
      new EtcdUsers(root, "staging").apply(List.of(PAYMENT));
    }
    try (EtcdConnection payment = connect("payment-app")) {
      assertThat(put(payment, "/staging/services/payment-service/10.0.0.1:1")).isNull();
    }
  }

  @Test
  void onlyRootMayChangeUsers() {
    try (EtcdConnection order = connect("order-app")) {
      assertThatThrownBy(() -> new EtcdUsers(order, "/staging").apply(List.of(ORDER)))
          .isInstanceOf(EtcdUnavailableException.class)
          .hasMessageContaining(DENIED);
    }
  }

  private static void apply(EtcdUser... users) throws InterruptedException {
    try (EtcdConnection root = connect(EtcdUsers.ROOT)) {
      new EtcdUsers(root, "/staging").apply(List.of(users));
    }
  }

  private static EtcdConnection connect(String user) {
    return TestConnections.open(etcd, TestTls.trusting(AUTHORITY, AUTHORITY.issue(user)));
  }

  /** etcd's error; null if there was none. */
  private static String put(EtcdConnection connection, String key) throws InterruptedException {
    try {
      connection
          .kv()
          .put(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build())
          .get();
      return null;
    } catch (ExecutionException e) {
      return Status.fromThrowable(e.getCause()).getDescription();
    }
  }

  private static long count(EtcdConnection connection, String from, String to) throws Exception {
    return connection
        .kv()
        .range(
            RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(from))
                .setRangeEnd(ByteString.copyFromUtf8(to))
                .setCountOnly(true)
                .build())
        .get()
        .getCount();
  }
}
