package dev.platform.spring.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.SkippedInstances;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;

@ExtendWith(OutputCaptureExtension.class)
class ForeignInstancesTest {

  private static final int LISTS = 4_000;
  private static final int LENGTH = 25;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ForeignInstances reader = new ForeignInstances("shop", skipped());

  @Test
  void readsAHundredThousandStrangeInstancesWithoutAnException(CapturedOutput output) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < LISTS; i++) {
      List<ServiceInstance> list = new ArrayList<>();
      for (int j = 0; j < LENGTH; j++) {
        list.add(strange(random));
      }
      list.add(instance("10.0.0.1", 50051, Map.of()));
      List<Instance> read = reader.read(list);
      assertThat(read.get(read.size() - 1).address())
          .as("seed %d, list %d", seed, i)
          .isEqualTo(new HostAndPort("10.0.0.1", 50051));
      assertThat(read)
          .as("seed %d, list %d", seed, i)
          .allMatch(instance -> instance.metadata().size() <= 128)
          .allMatch(instance -> instance.address().host().length() <= 253);
    }
    assertThat(output.getOut().lines().filter(line -> line.length() > 700))
        .as("seed %d", seed)
        .isEmpty();
    assertThat(
            meters.get("platform.discovery.skipped").tag("reason", "malformed").counter().count())
        .isGreaterThan(LISTS);
  }

  @Test
  void takesNoListForAnEmptyOne() {
    assertThat(reader.read(null)).isEmpty();
    assertThat(reader.read(Collections.singletonList(null))).isEmpty();
  }

  @Test
  void boundsMetadataAndKeepsTheWellKnown() {
    Map<String, String> metadata = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      metadata.put("key-" + i, "value");
    }
    metadata.put("huge", "x".repeat(1 << 20));
    metadata.put("zone", "z1");
    Instance read = reader.read(List.of(instance("10.0.0.1", 50051, metadata))).get(0);
    assertThat(read.metadata()).hasSize(128).containsEntry("zone", "z1").doesNotContainKey("huge");
  }

  @Test
  void logsALineForEachOfTenAndOneForTheRest(CapturedOutput output) {
    List<ServiceInstance> list = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      list.add(instance("bad host " + i, 50051, Map.of()));
    }
    reader.read(list);
    reader.read(list);
    assertThat(output.getOut().lines().filter(line -> line.contains("skipped"))).hasSize(11);
    assertThat(output).containsOnlyOnce("shop: 40 further instances are skipped");
  }

  private SkippedInstances skipped() {
    SkippedInstances skipped = new SkippedInstances();
    skipped.bindTo(meters);
    return skipped;
  }

  private static ServiceInstance instance(String host, int port, Map<String, String> metadata) {
    return new DefaultServiceInstance(host, "shop", host, port, false, metadata);
  }

  private static @Nullable ServiceInstance strange(Random random) {
    if (random.nextInt(50) == 0) {
      return null;
    }
    return new Strange(
        text(random),
        text(random),
        random.nextInt(-5, 70_000),
        random.nextInt(6),
        metadata(random));
  }

  private static @Nullable Map<String, String> metadata(Random random) {
    if (random.nextInt(10) == 0) {
      return null;
    }
    Map<String, String> metadata = new HashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      metadata.put(random.nextInt(4) == 0 ? "gRPC_port" : text(random), text(random));
    }
    return metadata;
  }

  private static @Nullable String text(Random random) {
    StringBuilder text = new StringBuilder();
    switch (random.nextInt(8)) {
      case 0 -> {
        return null;
      }
      case 1 -> text.append("x".repeat(random.nextInt(20_000)));
      case 2 -> text.append(random.nextInt());
      case 3 -> text.append("127.0.0.").append(random.nextInt(300));
      default -> {
        for (int i = random.nextInt(20); i > 0; i--) {
          text.append(
              (char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(0x10000)));
        }
      }
    }
    return text.toString();
  }

  /** Fails in one of its methods, or in none. */
  private record Strange(
      @Nullable String id,
      @Nullable String host,
      int port,
      int fault,
      @Nullable Map<String, String> metadata)
      implements ServiceInstance {

    @Override
    public String getServiceId() {
      return "shop";
    }

    @Override
    public @Nullable String getInstanceId() {
      return fail(0, id);
    }

    @Override
    public @Nullable String getHost() {
      return fail(1, host);
    }

    @Override
    public int getPort() {
      return fail(2, port);
    }

    @Override
    public boolean isSecure() {
      return false;
    }

    @Override
    public URI getUri() {
      throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Map<String, String> getMetadata() {
      return fail(3, metadata);
    }

    private <T> T fail(int number, T value) {
      if (fault == number) {
        if (number == 1) {
          throw new NoClassDefFoundError("\n");
        }
        throw new IllegalStateException();
      }
      return value;
    }
  }
}
