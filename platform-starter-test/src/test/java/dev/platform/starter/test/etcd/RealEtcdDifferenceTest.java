package dev.platform.starter.test.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.starter.test.etcd.RandomRequests.Request;
import dev.platform.starter.test.junit.EtcdExtension;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The embedded etcd answers random requests as a real one does. {@code -Dplatform.etcd.seeds} sets
 * how many histories are compared, {@code -Dplatform.etcd.seed} the first of them.
 */
class RealEtcdDifferenceTest {

  private static final int STEPS = 400;
  private static final int SHOWN = 12;

  @RegisterExtension static final EtcdExtension embedded = EtcdExtension.embedded();
  @RegisterExtension static final EtcdExtension real = EtcdExtension.real();

  private final List<String> steps = new ArrayList<>();

  @Test
  void bothGiveTheSameAnswersToRandomRequests() {
    long first = Long.getLong("platform.etcd.seed", 1);
    for (long seed = first; seed < first + Long.getLong("platform.etcd.seeds", 2); seed++) {
      steps.clear();
      try (ComparedEtcd ours = new ComparedEtcd(embedded.server());
          ComparedEtcd etcds = new ComparedEtcd(real.server())) {
        compare(seed, ours, etcds);
      }
    }
  }

  private void compare(long seed, ComparedEtcd ours, ComparedEtcd etcds) {
    RandomRequests requests = new RandomRequests(seed);
    boolean older = etcds.isOlderThan36();
    long compacted = 0;
    for (int i = 0; i < STEPS; i++) {
      long revision = etcds.revision();
      int dice = requests.below(100);
      if (dice < 4) {
        watch(requests.watch(revision, older ? compacted : 0), ours, etcds);
      } else if (dice < 6 && !etcds.watches().isEmpty()) {
        List<Long> open = etcds.watches();
        long id = open.get(requests.below(open.size()));
        // An event may be on its way still, and never arrive.
        compareWatches(seed, ours, etcds);
        steps.add("cancel watch " + id);
        ours.cancel(id);
        etcds.cancel(id);
      } else if (dice < 8) {
        compareWatches(seed, ours, etcds);
        CompactionRequest compaction = requests.compaction(etcds.revision());
        send(seed, Request.of(compaction, api -> api.kv().compact(compaction)), ours, etcds);
        compacted = Math.max(compacted, Math.min(compaction.getRevision(), etcds.revision()));
      } else {
        send(seed, requests.next(revision), ours, etcds);
      }
    }
    compareWatches(seed, ours, etcds);
  }

  private void watch(WatchCreateRequest request, ComparedEtcd ours, ComparedEtcd etcds) {
    steps.add("watch " + request.toString().replace('\n', ' '));
    ours.watch(request);
    etcds.watch(request);
  }

  private void send(long seed, Request request, ComparedEtcd ours, ComparedEtcd etcds) {
    steps.add(request.text());
    String expected = etcds.answer(request);
    String answer = ours.answer(request);
    boolean bothRefuse = isRefusal(expected) && isRefusal(answer);
    boolean is36 = !etcds.isOlderThan36() && !etcds.isNewerThan36();
    if (bothRefuse && request.text().startsWith("TxnRequest") && !is36) {
      // Which of several reasons a transaction is refused for, is different.
      return;
    }
    if (request.text().contains("keys_only: true") && etcds.isNewerThan36()) {
      expected = withoutLeases(expected);
      answer = withoutLeases(answer);
    }
    assertThat(answer).as(() -> where(seed)).isEqualTo(expected);
  }

  /** What 3.7 does not read for keys without values. */
  private static String withoutLeases(String answer) {
    return answer.replaceAll(" lease: \\d+", "");
  }

  private static boolean isRefusal(String answer) {
    return answer.contains(": etcdserver: ");
  }

  /** The marks of {@link ComparedEtcd#catchUp} come last: what is there then, is all. */
  private void compareWatches(long seed, ComparedEtcd ours, ComparedEtcd etcds) {
    ours.catchUp();
    etcds.catchUp();
    steps.add("compare watches");
    etcds
        .received()
        .forEach(
            (id, expected) ->
                assertThat(ours.received().get(id))
                    .as(() -> "watch %d, %s".formatted(id, where(seed)))
                    .isEqualTo(expected));
  }

  private String where(long seed) {
    return "seed %d, step %d; repeat it with -Dplatform.etcd.seed=%d; the last steps:\n  %s\n"
        .formatted(
            seed,
            steps.size(),
            seed,
            String.join("\n  ", steps.subList(Math.max(0, steps.size() - SHOWN), steps.size())));
  }
}
