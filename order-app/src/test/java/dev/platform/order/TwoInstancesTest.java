package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.order.v1.OrderEvent;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import dev.platform.order.FakeMall.Paying;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;

class TwoInstancesTest extends MallTest {

  @Autowired private ConfigurableEnvironment environment;

  @Test
  void shareTheWorkAndStopWithoutDelayingWatchers() {
    ConfigurableApplicationContext second = startSecond();
    ManagedChannel channel = channelTo(second.getBean(GrpcServerProperties.class).getPort());
    try {
      OrderServiceGrpc.OrderServiceBlockingStub other = OrderServiceGrpc.newBlockingStub(channel);
      List<String> placed = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        placed.add(
            (i % 2 == 0 ? orders : other).createOrder(order("p-mug", 1).build()).getOrderId());
      }
      loseAnswers(20);

      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> count("status = 'COMPLETED'") == 40);
      // Recovery, fulfilment and delivery each ran exactly once, on one of the instances.
      assertThat(eventsOfUser()).isEqualTo(160);
      assertThat(watch(other, placed.get(0))).hasSize(4);

      assertThat(stopWhileWatched(second, other).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    } finally {
      channel.shutdownNow();
      second.close();
    }
  }

  /** Far more than one at a time would do in this time. */
  @Test
  void instancesShareABacklogAndEmptyIt() {
    int howMany = 300;
    ConfigurableApplicationContext second = startSecond();
    try {
      int before = MALL.notifyAttempts.size();
      jdbc.sql(
              """
              insert into orders
                (order_id, user_id, status, total_minor, currency, last_sequence, created_at, due_at)
              select :user || '-' || n, :user, 'PAID', 100, 'EUR', 2, now(), now()
              from generate_series(1, :howMany) n
              """)
          .param("user", user)
          .param("howMany", howMany)
          .update();
      long started = System.nanoTime();

      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> count("status = 'COMPLETED'") == howMany && outboxOfUser() == 0);

      System.out.printf(
          "[jobs] %d orders moved twice and reported twice in %d ms%n",
          howMany, Duration.ofNanos(System.nanoTime() - started).toMillis());
      assertThat(eventsOfUser()).isEqualTo(2 * howMany);
      // At least once each, and hardly ever twice.
      assertThat(MALL.notifyAttempts.size() - before).isBetween(2 * howMany, 2 * howMany + 20);
    } finally {
      second.close();
    }
  }

  private int outboxOfUser() {
    return jdbc.sql("select count(*) from outbox where user_id = ?")
        .param(user)
        .query(Integer.class)
        .single();
  }

  private void loseAnswers(int howMany) {
    MALL.paying.put(user, Paying.LOSES_ANSWER);
    for (int i = 0; i < howMany; i++) {
      assertThat(refusalOf(order("p-mug", 1)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  private Status stopWhileWatched(
      ConfigurableApplicationContext app, OrderServiceGrpc.OrderServiceBlockingStub stub) {
    MALL.paymentRecordsAway.add(user);
    refusalOf(order("p-mug", 1));
    String orderId =
        jdbc.sql("select order_id from orders where user_id = ? and status = 'CREATED'")
            .param(user)
            .query(String.class)
            .single();
    Iterator<OrderEvent> events = watching(stub, orderId);
    events.next();

    long started = System.nanoTime();
    app.close();

    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
    return statusOf(events::hasNext);
  }

  private ConfigurableApplicationContext startSecond() {
    SpringApplicationBuilder app =
        new SpringApplicationBuilder(OrderApplication.class)
            .properties("spring.main.banner-mode=off");
    List<String> arguments = new ArrayList<>();
    environment.getPropertySources().stream()
        .filter(source -> source.getName().matches("(?i).*(inlined|dynamic) test properties.*"))
        .map(EnumerablePropertySource.class::cast)
        .forEach(
            source -> {
              for (String name : source.getPropertyNames()) {
                arguments.add("--" + name + "=" + environment.getProperty(name));
              }
            });
    arguments.removeIf(argument -> argument.contains("server.port"));
    arguments.add("--server.port=0");
    arguments.add("--grpc.server.port=0");
    return app.run(arguments.toArray(String[]::new));
  }

  private int count(String condition) {
    return jdbc.sql("select count(*) from orders where user_id = ? and " + condition)
        .param(user)
        .query(Integer.class)
        .single();
  }

  private int eventsOfUser() {
    return jdbc.sql(
            "select count(*) from order_events join orders using (order_id) where user_id = ?")
        .param(user)
        .query(Integer.class)
        .single();
  }

  private static List<OrderEvent> watch(
      OrderServiceGrpc.OrderServiceBlockingStub stub, String orderId) {
    List<OrderEvent> events = new ArrayList<>();
    watching(stub, orderId).forEachRemaining(events::add);
    return events;
  }

  private static Iterator<OrderEvent> watching(
      OrderServiceGrpc.OrderServiceBlockingStub stub, String orderId) {
    return stub.withDeadlineAfter(20, TimeUnit.SECONDS)
        .watchOrder(WatchOrderRequest.newBuilder().setOrderId(orderId).build());
  }
}
