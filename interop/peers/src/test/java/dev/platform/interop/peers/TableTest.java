package dev.platform.interop.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.interop.peers.Verdict.Broken;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {

  private static final Subject OURS = new Subject("ours", "ours", List.of(), false);
  private static final Subject OTHER = new Subject("other", "other", List.of(), false);
  private static final Script SCRIPT =
      new Script("wipe", "etcd's data lost", Script.Setting.ONE_MEMBER, true, stage -> {});

  @Test
  void aCellSaysWhatWasBrokenAndSinceWhenAllIsRight() {
    Verdict broken =
        new Verdict(
            List.of(new Broken(Promise.R1, "not registered again")), Double.POSITIVE_INFINITY);

    assertThat(table(new Verdict(List.of(), 1.5), broken))
        .contains(
            "| script | ours | other |",
            "| etcd's data lost | right after 1.5 s | **R1** not registered again; never right |",
            "| kept | 1 of 1 | 0 of 1 |",
            "nobody");
  }

  @Test
  void whoIsFasterIsNamed() {
    assertThat(table(new Verdict(List.of(), 9), new Verdict(List.of(), 1)))
        .contains("etcd's data lost (other)");
  }

  @Test
  void whoKeepsWhatWeBreakIsNamed() {
    Verdict ours = new Verdict(List.of(new Broken(Promise.D6, "list empty for 1.0 s")), 0);

    assertThat(table(ours, new Verdict(List.of(), 20))).contains("etcd's data lost (other)");
  }

  private static String table(Verdict ours, Verdict others) {
    return new Table(List.of(OURS, OTHER), Map.of(SCRIPT, List.of(ours, others))).markdown();
  }
}
