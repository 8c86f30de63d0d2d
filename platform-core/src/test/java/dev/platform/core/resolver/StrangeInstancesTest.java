package dev.platform.core.resolver;

import static dev.platform.core.resolver.Resolution.instance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.LogLines;
import dev.platform.core.instance.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A hundred thousand strange instances; a failure names the seed that repeats it. */
class StrangeInstancesTest {

  private static final int LISTS = 2_000;
  private static final int LENGTH = 25;
  private static final int MAX_LINE = 600;

  @RegisterExtension final LogLines log = LogLines.ofAll();

  @RepeatedTest(2)
  void neverReachTheChannelAsAnExceptionAndLeaveGoodOnesCallable() {
    long seed = new Random().nextLong();
    StrangeInstances strange = new StrangeInstances(seed);
    Resolution shop = Resolution.onOneMachine();
    for (int i = 0; i < LISTS; i++) {
      List<Instance> list = new ArrayList<>();
      for (int j = 0; j < LENGTH; j++) {
        list.add(strange.next());
      }
      list.add(i % LENGTH, instance("10.0.0.1", 50051));
      shop.push(list);
      assertThat(shop.thrown).as("seed %d, list %d", seed, i).isEmpty();
      assertThat(shop.addresses()).as("seed %d, list %d", seed, i).contains("10.0.0.1:50051");
    }
    shop.push(instance("10.0.0.2", 50051));
    assertThat(shop.addresses()).as("seed %d", seed).containsExactly("10.0.0.2:50051");
    assertThat(log.lines())
        .as("seed %d", seed)
        .allMatch(line -> line.length() < MAX_LINE && !line.contains("\n"))
        .noneMatch(line -> line.contains("ERROR"));
    assertThat(shop.skipped("malformed")).isGreaterThan(LISTS);
  }
}
