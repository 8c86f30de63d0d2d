package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.instance.InstanceReader;
import dev.platform.core.instance.Layout;
import dev.platform.core.instance.Printable;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.instance.SkippedInstances.Reason;
import dev.platform.core.instance.ValueFormat;
import io.etcd.jetcd.api.KeyValue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 100,000 strange inputs for each reader of what others have written; a failure has the seed. */
class HostileDataTest {

  private static final int INPUTS = 100_000;
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}]");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final InstanceCodec CODEC = new InstanceCodec("/test", ValueFormat.GRPC);

  private final long seed = Long.getLong("platform.test.seed", System.nanoTime());
  private final StrangeText strange = new StrangeText(seed);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @TempDir Path temp;

  @Test
  void valuesInEtcdAreReadWithinBoundsOrSkipped() {
    List<String> good = values();
    SkippedInstances skipped = new SkippedInstances();
    skipped.bindTo(meters);
    ListedValues values = new ListedValues("a", CODEC, skipped.report("a", Reason.MALFORMED));
    int read = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] value = strange.nextBytes(good);
      ByteString key = ByteString.copyFromUtf8("/test/services/a/" + i % 1000);
      KeyValue kv = KeyValue.newBuilder().setKey(key).setValue(ByteString.copyFrom(value)).build();
      Optional<Instance> instance = readOrFail(values, kv, value);
      instance.ifPresent(HostileDataTest::assertBounded);
      read += instance.isPresent() ? 1 : 0;
      if (i % 1000 == 999) {
        values.report();
      }
    }
    assertThat(read).as("seed %d", seed).isBetween(INPUTS / 100, INPUTS - INPUTS / 100);
    assertThat(meters.get("platform.discovery.skipped").tag("service", "a").counter().count())
        .isPositive();
  }

  @Test
  void valuesOfKratosAreReadWithinBoundsOrRefused() {
    InstanceCodec kratos = CODEC.in(Layout.KRATOS);
    List<String> good = List.of(kratos.value(instance()));
    int read = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] value = strange.nextBytes(good);
      try {
        assertBounded(kratos.read("a", ByteString.copyFrom(value)));
        read++;
      } catch (IllegalArgumentException expected) {
        assertPrintable(expected.getMessage());
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + ": " + Printable.of(new String(value)), e);
      }
    }
    assertThat(read).as("seed %d", seed).isBetween(INPUTS / 100, INPUTS - INPUTS / 100);
  }

  @Test
  void keysInEtcdAreReadWithinBoundsOrSkipped() {
    List<String> good =
        List.of("/test/services/a/10.0.0.1:80", "/test/services/", "/test/services/order-service/");
    List<KeyValue> page = new ArrayList<>();
    for (int i = 0; i < INPUTS; i++) {
      ByteString key = ByteString.copyFrom(strange.nextBytes(good));
      page.add(KeyValue.newBuilder().setKey(key).build());
    }
    int names = 0;
    for (String key : ListedValues.readable(page)) {
      assertThat(key.length()).isLessThanOrEqualTo(1024);
      Optional<String> name = CODEC.serviceOf(key);
      name.ifPresent(
          service -> {
            assertThat(service).as("seed %d", seed).doesNotContain("/").hasSizeBetween(1, 255);
            assertPrintable(service);
          });
      names += name.isPresent() ? 1 : 0;
    }
    assertThat(names).isPositive();
  }

  @Test
  void snapshotsOnDiskAreReadWithinBoundsOrRefused() throws IOException {
    SnapshotFiles files =
        new SnapshotFiles(
            temp.resolve("snapshots"),
            null,
            CODEC,
            Duration.ofHours(1),
            Clock.fixed(NOW, ZoneOffset.UTC));
    files.write(new InstanceList("a", Origin.WATCH, List.of(instance()), 0, 7, NOW));
    Path file = temp.resolve("snapshots/a.json");
    List<String> good = List.of(Files.readString(file));
    int read = 0;
    int refused = 0;
    for (int i = 0; i < INPUTS; i++) {
      String content = strange.next(good);
      try {
        Optional<InstanceList> list = files.parse("a", content);
        list.ifPresent(known -> known.instances().forEach(HostileDataTest::assertBounded));
        read += list.isPresent() ? 1 : 0;
      } catch (IOException expected) {
        assertPrintable(expected.getMessage().replace(file.toString(), ""));
        refused++;
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + ": " + Printable.of(content), e);
      }
    }
    assertThat(read).isPositive();
    assertThat(refused).isPositive();
  }

  private Optional<Instance> readOrFail(ListedValues values, KeyValue kv, byte[] value) {
    try {
      try {
        CODEC.read("a", kv.getValue());
      } catch (IllegalArgumentException skipped) {
        assertPrintable(skipped.getMessage());
      }
      return values.read(kv, 0);
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError("seed " + seed + ": " + Printable.of(new String(value)), e);
    }
  }

  private void assertPrintable(String message) {
    if (message.length() > 1500 || INVISIBLE.matcher(message).find()) {
      throw new AssertionError("seed " + seed + ": " + Printable.of(message));
    }
  }

  private static void assertBounded(Instance instance) {
    assertThat(InstanceReader.isAddress(instance.address())).isTrue();
    assertThat(instance.metadata().size()).isLessThanOrEqualTo(128);
    assertThat(instance.weight()).isPositive();
    instance.isUp();
    int size = 0;
    for (Map.Entry<String, String> each : instance.metadata().entrySet()) {
      size += each.getKey().length() + each.getValue().length();
    }
    assertThat(size).isLessThanOrEqualTo(32 << 10);
  }

  private static List<String> values() {
    return List.of(
        CODEC.value(instance()),
        "10.0.0.1:80",
        "[fd00::1]:80",
        "host_name.example:1",
        "{\"Op\":0,\"Addr\":\"10.0.0.1:80\",\"Metadata\":null}",
        "{\"Addr\":\"h:1\",\"Metadata\":{\"a\":1,\"b\":[1,{}],\"weight\":\"0\"}}",
        "[".repeat(5000));
  }

  private static Instance instance() {
    return new Instance(
        "a",
        new HostAndPort("10.0.0.1", 80),
        Map.of(InstanceMetadata.ZONE, "z1", InstanceMetadata.WEIGHT, "7", "own", "ä"));
  }
}
