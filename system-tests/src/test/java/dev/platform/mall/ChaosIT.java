package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Many customers, little stock, apps that are killed in the middle of it and a bank that fails: in
 * the end the books agree. {@code -Dmall.chaos.seed} replays a run's choices, {@code
 * -Dmall.chaos.orders} sets how many orders there are.
 */
class ChaosIT {

  private static final int ORDERS = Integer.getInteger("mall.chaos.orders", 2000);
  private static final int CUSTOMERS = 16;
  private static final int PIECES = 120;
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final List<String> PRODUCTS =
      IntStream.rangeClosed(1, 20).mapToObj(i -> "p-" + i).toList();

  private final Map<String, Channel> known = new HashMap<>();
  private volatile List<Channel> doors = List.of();

  @Test
  void theBooksAgreeAfterKillsAndABankThatFails() throws Exception {
    long seed = Long.getLong("mall.chaos.seed", System.nanoTime());
    Report.line("chaos: -Dmall.chaos.seed=%d", seed);
    try (Mall mall = Mall.withEtcd("chaos");
        Channels channels = new Channels()) {
      configure(mall);
      mall.startAll();
      mall.scale(App.ORDER, 2);
      Books books = new Books(mall);
      books.stock(PRODUCTS, PIECES);
      open(mall, channels);

      try (Customers customers = new Customers(() -> doors, PRODUCTS, ORDERS)) {
        customers.start(CUSTOMERS, seed);
        int kills = makeTrouble(mall, channels, customers, new Random(seed));

        behave(mall, channels, 0, 0, 0);
        await("everybody has an answer").atMost(LIMIT).until(customers::haveAllLeft);
        await("nothing is left open").atMost(LIMIT).until(() -> books.unsettled() == 0);

        Report.line(
            "chaos: %d orders, %d kills, answers %s; %d cancelled",
            ORDERS, kills, new TreeMap<>(customers.answers()), books.orders("CANCELLED"));
        assertThat(customers.wrong()).isEmpty();
        assertThat(books.contradictions(PRODUCTS, PIECES)).isEmpty();
        assertThat(customers.accepted().values()).doesNotHaveDuplicates();
        assertThat(customers.accepted()).isNotEmpty();
      }
    }
  }

  /** Recovery within seconds, and calls that end before it gives an order up. */
  private static void configure(Mall mall) {
    mall.give(
        App.ORDER,
        Map.of(
            "PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "4s",
            "MALL_ORDER_RECOVERY_AFTER", "3s",
            "MALL_ORDER_CANCEL_AFTER", "20s",
            "MALL_ORDER_CLAIM_TIMEOUT", "15s"));
    mall.give(
        App.INVENTORY,
        Map.of("MALL_INVENTORY_RESERVATION_TTL", "30s", "MALL_INVENTORY_EXPIRY_INTERVAL", "1s"));
    mall.give(App.PAYMENT, Map.of("PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "3s"));
  }

  /** Kills and restarts, and changes the bank's behaviour, until most orders are through. */
  private int makeTrouble(Mall mall, Channels channels, Customers customers, Random random)
      throws Exception {
    int kills = 0;
    while (customers.left() > 0 && !customers.haveAllLeft()) {
      switch (random.nextInt(3)) {
        case 0 -> behave(mall, channels, random.nextInt(300), 0, 0.1);
        case 1 -> behave(mall, channels, 20, 0.3, 0.1);
        default -> behave(mall, channels, 4000, 0, 0);
      }
      App victim = App.values()[random.nextInt(App.values().length)];
      List<AppProcess> running = mall.running(victim);
      AppProcess dying = running.get(random.nextInt(running.size()));
      await("some calls").pollDelay(Duration.ofMillis(random.nextInt(2000))).until(() -> true);
      dying.kill();
      open(mall, channels);
      kills++;
      mall.start(victim).awaitReady();
      open(mall, channels);
    }
    return kills;
  }

  /** Lets the customers know where to go; only instances that are ready. */
  private void open(Mall mall, Channels channels) {
    doors =
        mall.running(App.ORDER).stream()
            .map(process -> known.computeIfAbsent(process.address(), channels::to))
            .toList();
  }

  private static void behave(
      Mall mall, Channels channels, int latencyMillis, double failing, double declining) {
    SetBehaviourRequest behaviour =
        SetBehaviourRequest.newBuilder()
            .setLatency(Durations.fromMillis(latencyMillis))
            .setFailureRatio(failing)
            .setDeclineRatio(declining)
            .build();
    for (AppProcess payment : mall.running(App.PAYMENT)) {
      try {
        var unused =
            BankGatewayGrpc.newBlockingStub(channels.to(payment.address()))
                .withDeadlineAfter(5, TimeUnit.SECONDS)
                .setBehaviour(behaviour);
      } catch (StatusRuntimeException e) {
        Report.line("the bank could not be told how to behave: %s", e.getStatus());
      }
    }
  }
}
