package dev.platform.core.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MergedSourceTest {

  private final PushedSource first = new PushedSource("first");
  private final PushedSource second = new PushedSource("second");
  private final MergedSource merged = new MergedSource(List.of(first, second));
  private final List<List<Instance>> published = new ArrayList<>();

  @Test
  void publishesWhatOneKnowsWithoutWaitingForTheOther() {
    merged.subscribe("shop", published::add);
    assertThat(published).isEmpty();
    second.push(instance(2, "second"));
    assertThat(latest()).containsExactly(instance(2, "second"));
    first.push(instance(1, "first"));
    assertThat(latest()).containsExactly(instance(1, "first"), instance(2, "second"));
  }

  @Test
  void takesAnAddressThatBothKnowOnceFromTheFirst() {
    merged.subscribe("shop", published::add);
    second.push(instance(1, "second"), instance(2, "second"));
    first.push(instance(1, "first"));
    assertThat(latest()).containsExactly(instance(1, "first"), instance(2, "second"));
  }

  @Test
  void anInstanceThatLeavesOneStaysWhileTheOtherHasIt() {
    merged.subscribe("shop", published::add);
    second.push(instance(1, "second"));
    first.push(instance(1, "first"));
    first.push();
    assertThat(latest()).containsExactly(instance(1, "second"));
    second.push();
    assertThat(latest()).isEmpty();
  }

  @Test
  void theLastListOfASilentOneStaysWhileTheOtherChanges() {
    merged.subscribe("shop", published::add);
    first.push(instance(1, "first"));
    for (int port = 2; port < 10; port++) {
      second.push(instance(port, "second"));
      assertThat(latest()).containsExactly(instance(1, "first"), instance(port, "second"));
    }
  }

  @Test
  void publishesNothingTwice() {
    merged.subscribe("shop", published::add);
    first.push(instance(1, "first"));
    second.push(instance(1, "second"));
    second.push(instance(1, "second"));
    assertThat(published).hasSize(1);
  }

  @Test
  void aLossInOneMakesTheOtherPollThatService() {
    merged.subscribe("shop", published::add);
    first.push(instance(1, "first"));
    first.push(instance(1, "first"), instance(2, "first"));
    assertThat(second.refreshed).isEmpty();
    first.push(instance(2, "first"));
    assertThat(second.refreshed).containsExactly("shop");
    assertThat(first.refreshed).isEmpty();
  }

  @Test
  void aSourceThatFailsToSubscribeHidesNoOther() {
    MergedSource withBroken = new MergedSource(List.of(new BrokenSource(), second));
    Runnable unsubscribe = withBroken.subscribe("shop", published::add);
    second.push(instance(1, "second"));
    assertThat(latest()).containsExactly(instance(1, "second"));
    unsubscribe.run();
    assertThat(second.subscribers).isEmpty();
  }

  @Test
  void aSubscriberThatFailsGetsTheNextList() {
    merged.subscribe(
        "shop",
        list -> {
          published.add(list);
          throw new IllegalStateException("not today");
        });
    first.push(instance(1, "first"));
    first.push(instance(2, "first"));
    assertThat(published).hasSize(2);
  }

  @Test
  void nothingIsPublishedAfterTheEndOfASubscription() {
    Runnable unsubscribe = merged.subscribe("shop", published::add);
    List<Consumer<List<Instance>>> late = List.copyOf(first.subscribers);
    unsubscribe.run();
    late.forEach(subscriber -> subscriber.accept(List.of(instance(1, "first"))));
    assertThat(published).isEmpty();
    assertThat(first.subscribers).isEmpty();
    assertThat(second.subscribers).isEmpty();
  }

  @Test
  void describesAll() {
    assertThat(merged.describe()).isEqualTo("first; second");
  }

  private List<Instance> latest() {
    return published.get(published.size() - 1);
  }

  private static Instance instance(int port, String registry) {
    return new Instance("shop", new HostAndPort("10.0.0.1", port), Map.of("registry", registry));
  }

  private static final class BrokenSource implements InstanceSource {

    @Override
    public Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber) {
      throw new IllegalStateException("broken");
    }

    @Override
    public String describe() {
      return "broken";
    }
  }

  private static final class PushedSource implements InstanceSource {

    private final String name;
    private final List<Consumer<List<Instance>>> subscribers = new ArrayList<>();
    private final List<String> refreshed = new ArrayList<>();

    PushedSource(String name) {
      this.name = name;
    }

    void push(Instance... instances) {
      subscribers.forEach(subscriber -> subscriber.accept(List.of(instances)));
    }

    @Override
    public Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber) {
      subscribers.add(subscriber);
      return () -> subscribers.remove(subscriber);
    }

    @Override
    public void refresh(String serviceId) {
      refreshed.add(serviceId);
    }

    @Override
    public String describe() {
      return name;
    }
  }
}
