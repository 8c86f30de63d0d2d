package dev.platform.spring.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.resolver.InstanceSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Without etcd, as in Kubernetes. */
class InstanceShareTest {

  private final Others others = new Others();

  @Test
  void isThePartOfOneInstanceOfThoseThatAnyDiscoveryLists() {
    try (InstanceShare share = new InstanceShare("orders", null, others)) {
      assertThat(share.getAsDouble()).as("before the first list").isEqualTo(1);

      others.list(4);
      assertThat(share.getAsDouble()).isEqualTo(0.25);
      others.list(2);
      assertThat(share.getAsDouble()).isEqualTo(0.5);
      others.list(0);
      assertThat(share.getAsDouble()).isEqualTo(1);
    }
    assertThat(others.subscriber).as("after its end").isNull();
  }

  @Test
  void isTheWholeLimitWithoutAnyDiscovery() {
    try (InstanceShare share = new InstanceShare("orders", null, null)) {
      assertThat(share.getAsDouble()).isEqualTo(1);
    }
  }

  private static final class Others implements InstanceSource {
    private @Nullable Consumer<List<Instance>> subscriber;

    @Override
    public Runnable subscribe(String serviceId, Consumer<List<Instance>> consumer) {
      assertThat(serviceId).isEqualTo("orders");
      subscriber = consumer;
      return () -> subscriber = null;
    }

    @Override
    public String describe() {
      return "a test";
    }

    void list(int instances) {
      assertThat(subscriber).isNotNull();
      subscriber.accept(
          IntStream.range(0, instances)
              .mapToObj(
                  i -> new Instance("orders", new HostAndPort("10.0.0." + i, 50051), Map.of()))
              .toList());
    }
  }
}
