package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.start.WarmUp;
import dev.platform.core.start.WarmUpChains;
import dev.platform.core.start.WarmUpReport;
import dev.platform.core.start.WarmUpReport.Result;
import dev.platform.core.start.WarmUpSettings;
import dev.platform.core.start.WarmUps;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The app's warm-up uses its services and statements, and leaves nothing behind. */
class WarmUpTest extends MallTest {

  private static final List<String> TABLES =
      List.of("orders", "order_items", "order_events", "order_requests");

  @Autowired private Map<String, WarmUp> warmUps;
  @Autowired private List<ServerLink> serverLinks;
  @Autowired private List<ClientLink> clientLinks;

  /** Of other tests' orders the jobs write rows at any time. */
  @Test
  void leavesNoRowAndCallsNobody() {
    WarmUpReport report = run();
    assertThat(report.parts()).extracting(WarmUpReport.Part::name).containsExactly("orderWarmUp");
    assertThat(report.parts()).allMatch(part -> part.result() == Result.DONE);
    assertThat(ofTheWarmUp("orders")).isZero();
    assertThat(ofTheWarmUp("outbox")).isZero();
    assertThat(
            jdbc.sql(
                    """
                    select count(*) from order_requests where idempotency_key like 'warm-up-%'
                    """)
                .query(Long.class)
                .single())
        .isZero();
    assertThat(MALL.notifyAttempts.toString()).doesNotContain("warm-up");
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(TABLES).allMatch(table -> inserted(table) > rows(table)));
  }

  private long ofTheWarmUp(String table) {
    return jdbc.sql("select count(*) from " + table + " where user_id = 'warm-up'")
        .query(Long.class)
        .single();
  }

  /** All parts that are this app's own. */
  private WarmUpReport run() {
    Map<String, WarmUp> own = new LinkedHashMap<>(warmUps);
    own.keySet().removeIf(name -> name.startsWith("platform"));
    return new WarmUps(
            new WarmUpSettings(Duration.ofSeconds(10)),
            () -> WarmUpChains.of(serverLinks, clientLinks, null, System::nanoTime),
            Threads.daemons(),
            System::nanoTime)
        .run(own);
  }

  private long rows(String table) {
    return jdbc.sql("select count(*) from " + table).query(Long.class).single();
  }

  /** The number of rows that transactions have inserted, also those that were rolled back. */
  private long inserted(String table) {
    return jdbc.sql("select n_tup_ins from pg_stat_user_tables where relname = :table")
        .param("table", table)
        .query(Long.class)
        .single();
  }
}
