package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.platform.core.LogLines;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.TestConnections;
import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.junit.EtcdExtension;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Much data in a real etcd, and data of others. */
class LargeRegistryTest {

  private static final int IN_A_TRANSACTION = 128;
  private static final Duration LONG = Duration.ofMinutes(1);

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.real();
  @RegisterExtension final LogLines log = LogLines.ofAll();

  @TempDir Path temp;
  private EtcdConnection connection;
  private InstanceDirectory directory;

  @BeforeEach
  void open() {
    connection =
        EtcdConnection.builder(TestConnections.slow(List.of(server().endpoint().toString())))
            .open();
    directory = TestDirectories.open(connection, Duration.ZERO, temp);
  }

  @AfterEach
  void close() {
    directory.close();
    connection.close();
  }

  @Test
  void listsAServiceWithTenThousandInstances() throws Exception {
    put(10_000, i -> "/services/a/10.0.0.1:" + (i + 1), i -> "10.0.0.1:" + (i + 1));
    assertThat(list("a").instances()).hasSize(10_000).doesNotHaveDuplicates();
    server().delete("/services/a/10.0.0.1:1");
    await().atMost(LONG).until(() -> directory.latest("a").instances().size() == 9_999);
  }

  @Test
  void readsPastHugeGarbageWithoutNeedingItsMemory() throws Exception {
    ByteString garbage = ByteString.copyFrom(new byte[1_400_000]);
    for (int i = 0; i < 40; i++) {
      putBytes("/services/a/garbage" + i, garbage);
    }
    server().put("/services/a/10.0.0.1:80", "10.0.0.1:80");
    assertThat(list("a").instances()).hasSize(1);
    assertThat(log.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(600));
    assertThat(log.text())
        .contains("/services/a/garbage", "1400000 bytes")
        .doesNotContain("does not answer");
    putBytes("/services/a/garbage40", garbage);
    server().put("/services/a/10.0.0.1:81", "10.0.0.1:81");
    await().atMost(LONG).until(() -> directory.latest("a").instances().size() == 2);
  }

  @Test
  void namesAllServicesThoughOneHasManyForeignKeys() throws Exception {
    put(5_000, i -> "/services/b/foreign-%06d".formatted(i), i -> "x");
    put(3_000, i -> "/services/stray-%06d".formatted(i), i -> "x");
    for (String name : List.of("a", "b", "c", "z")) {
      server().put("/services/" + name + "/10.0.0.1:80", "10.0.0.1:80");
    }
    assertThat(directory.serviceIds().get(1, TimeUnit.MINUTES)).containsExactly("a", "b", "c", "z");
    assertThat(list("b").instances()).hasSize(1);
    assertThat(log.count(" is skipped: ")).isLessThanOrEqualTo(10);
  }

  private InstanceList list(String service) throws Exception {
    return directory.firstList(service).get(1, TimeUnit.MINUTES);
  }

  private static EtcdServer server() {
    return etcd.server();
  }

  private void put(int count, IntFunction<String> key, IntFunction<String> value) throws Exception {
    for (int start = 0; start < count; start += IN_A_TRANSACTION) {
      TxnRequest.Builder puts = TxnRequest.newBuilder();
      for (int i = start; i < Math.min(count, start + IN_A_TRANSACTION); i++) {
        puts.addSuccess(
            RequestOp.newBuilder()
                .setRequestPut(put(key.apply(i), ByteString.copyFromUtf8(value.apply(i)))));
      }
      TxnResponse unused = connection.kv().txn(puts.build()).get();
    }
  }

  private void putBytes(String key, ByteString value) throws Exception {
    var unused = connection.kv().put(put(key, value)).get();
  }

  private static PutRequest put(String key, ByteString value) {
    return PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).setValue(value).build();
  }
}
