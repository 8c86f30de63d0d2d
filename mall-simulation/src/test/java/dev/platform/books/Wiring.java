package dev.platform.books;

import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayBlockingStub;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc.NotificationServiceBlockingStub;
import dev.platform.core.failure.GrpcExceptionMapper;
import dev.platform.core.failure.GrpcExceptionMapping;
import dev.platform.inventory.domain.CheckStock;
import dev.platform.inventory.domain.ConfirmReservation;
import dev.platform.inventory.domain.Deliveries;
import dev.platform.inventory.domain.ExpireReservations;
import dev.platform.inventory.domain.FindProduct;
import dev.platform.inventory.domain.ImportStock;
import dev.platform.inventory.domain.RecommendProducts;
import dev.platform.inventory.domain.ReleaseReservation;
import dev.platform.inventory.domain.ReserveStock;
import dev.platform.order.OrderProperties;
import dev.platform.order.client.MallClients;
import dev.platform.order.customer.CustomerProperties.Identity;
import dev.platform.order.customer.Ownership;
import dev.platform.order.degraded.LastProducts;
import dev.platform.order.domain.BestSellers;
import dev.platform.order.domain.DeliverNotifications;
import dev.platform.order.domain.DueBatches;
import dev.platform.order.domain.FailedWork;
import dev.platform.order.domain.FulfilOrders;
import dev.platform.order.domain.Notifier;
import dev.platform.order.domain.OrderRequests;
import dev.platform.order.domain.Orders;
import dev.platform.order.domain.Outbox;
import dev.platform.order.domain.PlaceOrder;
import dev.platform.order.domain.PlaceOrderOnce;
import dev.platform.order.domain.RecoverOrders;
import dev.platform.order.domain.RetryPolicy;
import dev.platform.order.domain.SettleOrder;
import dev.platform.order.domain.Task;
import dev.platform.order.flashsale.FlashSaleProperties;
import dev.platform.order.trace.OrderOrigins;
import dev.platform.payment.api.PaymentGrpcService;
import dev.platform.payment.bank.domain.Behaviour;
import dev.platform.payment.bank.domain.CreateCharge;
import dev.platform.payment.bank.domain.RefundCharge;
import dev.platform.payment.bank.domain.Simulation;
import dev.platform.payment.client.BankClient;
import dev.platform.payment.domain.CreatePayment;
import dev.platform.payment.domain.FindPayment;
import dev.platform.payment.domain.RefundPayment;
import dev.platform.payment.domain.SettlePayment;
import dev.platform.payment.domain.VoidPayment;
import io.grpc.Channel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes the beans of a process as its application's configurations do, without what reads
 * properties, serves a network, or has threads: jobs run on the thread that calls them.
 */
final class Wiring {

  /** The pause before recovery looks at an order. */
  static final Duration RECOVERY_AFTER = Duration.ofSeconds(10);

  /** The age at which an order without a payment is cancelled; two looks. */
  static final Duration CANCEL_AFTER = Duration.ofSeconds(15);

  /** The age at which a key without an order counts as abandoned. */
  static final Duration CLAIM_TIMEOUT = Duration.ofSeconds(30);

  /** How long stock stays reserved. */
  static final Duration RESERVATION_TTL = Duration.ofMinutes(15);

  /** Never used: the simulated bank answers at once. */
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor();

  private final GenericApplicationContext context = new GenericApplicationContext();
  private final Channel mall;

  private Wiring(AppProcess process, Fleet fleet) {
    this.mall = new FleetChannel(fleet, process);
    context
        .getDefaultListableBeanFactory()
        .setAutowireCandidateResolver(new ContextAnnotationAutowireCandidateResolver());
    History history = fleet.history();
    ProcessDataSource dataSource =
        new ProcessDataSource(process, history.databases(), history.scenario().shared());
    JdbcTemplate template = new JdbcTemplate(dataSource);
    DataSourceTransactionManager transactions = new DataSourceTransactionManager(dataSource);
    bean(DataSource.class, dataSource);
    bean(JdbcTemplate.class, template);
    bean(JdbcClient.class, JdbcClient.create(template));
    bean(DataSourceTransactionManager.class, transactions);
    bean(TransactionTemplate.class, new TransactionTemplate(transactions));
    bean(Clock.class, history.clock());
    bean(MeterRegistry.class, new SimpleMeterRegistry());
    context.registerBean(
        GrpcExceptionMapping.class,
        () ->
            new GrpcExceptionMapping(
                List.copyOf(context.getBeansOfType(GrpcExceptionMapper.class).values())));
  }

  static GenericApplicationContext of(AppProcess process, Fleet fleet) {
    Wiring wiring = new Wiring(process, fleet);
    switch (process.app()) {
      case ORDER -> wiring.order();
      case INVENTORY -> wiring.inventory();
      case PAYMENT -> wiring.payment();
      case BANK -> wiring.bank(fleet.history().scenario().bankDeclines());
    }
    wiring.context.getDefaultListableBeanFactory().setAllowBeanDefinitionOverriding(false);
    wiring.context.refresh();
    return wiring.context;
  }

  private void order() {
    OrderProperties properties =
        new OrderProperties(
            RECOVERY_AFTER,
            CANCEL_AFTER,
            CLAIM_TIMEOUT,
            Duration.ofSeconds(2),
            Duration.ofMillis(300),
            new OrderProperties.LastProducts(Duration.ofHours(1), 100),
            Duration.ofSeconds(5),
            Duration.ofMillis(250),
            new OrderProperties.Jobs(1, 50, 10, Duration.ofMinutes(1), Duration.ofSeconds(5)),
            Duration.ofMillis(100));
    bean(OrderProperties.class, properties);
    bean(RetryPolicy.class, new RetryPolicy(10, Duration.ofMinutes(1)));
    bean(Ownership.class, Ownership.of(Identity.OPEN));
    bean(
        FlashSaleProperties.class, new FlashSaleProperties(Set.of(), 4, 20, Duration.ofSeconds(2)));
    bean(NotificationServiceBlockingStub.class, NotificationServiceGrpc.newBlockingStub(mall));
    types(
        "dev.platform.order.",
        "persistence.PostgresOrders",
        "persistence.PostgresOrderRequests",
        "persistence.PostgresOrderEvents",
        "persistence.PostgresMailboxes",
        "persistence.PostgresOutbox",
        "persistence.PostgresFailedWork",
        "persistence.PostgresBestSellers",
        "trace.OrderOrigins",
        "client.NotifierClient",
        "degraded.LastProducts",
        "degraded.DegradedAnswers",
        "flashsale.FlashSales",
        "api.OrderExceptionMapper",
        "api.NotificationService",
        "api.OrderService");
    context.registerBean(
        MallClients.class,
        () -> MallClients.over(mall, get(LastProducts.class), properties.recommendationTimeout()));
    context.registerBean(SettleOrder.class, () -> settleOrder(properties));
    context.registerBean(PlaceOrderOnce.class, () -> placeOrder(properties));
    context.registerBean(RecoverOrders.class, () -> recoverOrders(properties));
    context.registerBean(
        FulfilOrders.class,
        () ->
            new FulfilOrders(
                get(Orders.class),
                get(Clock.class),
                properties.fulfilmentStep(),
                batches(Task.FULFILMENT, properties.fulfilmentStep())));
    context.registerBean(
        DeliverNotifications.class,
        () ->
            new DeliverNotifications(
                get(Outbox.class),
                get(Notifier.class),
                batches(Task.NOTIFICATION, properties.notificationRetry()),
                get(FailedWork.class),
                get(OrderOrigins.class)));
  }

  private SettleOrder settleOrder(OrderProperties properties) {
    MallClients clients = get(MallClients.class);
    return new SettleOrder(
        clients.stock(),
        clients.payments(),
        get(Orders.class),
        get(Clock.class),
        properties.fulfilmentStep());
  }

  private PlaceOrderOnce placeOrder(OrderProperties properties) {
    MallClients clients = get(MallClients.class);
    PlaceOrder placeOrder =
        new PlaceOrder(
            clients.catalogue(),
            clients.stock(),
            get(Orders.class),
            clients.payments(),
            get(SettleOrder.class),
            get(Clock.class),
            properties.recoveryAfter());
    return new PlaceOrderOnce(
        placeOrder,
        get(OrderRequests.class),
        get(Orders.class),
        clients.recommendations(),
        get(BestSellers.class),
        get(Clock.class),
        properties.claimTimeout());
  }

  private RecoverOrders recoverOrders(OrderProperties properties) {
    return new RecoverOrders(
        get(Orders.class),
        get(MallClients.class).payments(),
        get(SettleOrder.class),
        get(Clock.class),
        properties.cancelAfter(),
        batches(Task.RECOVERY, properties.recoveryAfter()),
        get(OrderOrigins.class));
  }

  private DueBatches batches(Task task, Duration retryAfter) {
    return new DueBatches(
        task, get(FailedWork.class), Runnable::run, 50, retryAfter, get(Clock.class));
  }

  private void inventory() {
    bean(ScheduledExecutorService.class, TIMER);
    bean(Duration.class, RESERVATION_TTL);
    context.registerBean(
        "imports",
        Supplier.class,
        () ->
            (Supplier<ImportStock>)
                () ->
                    new ImportStock(
                        get(dev.platform.inventory.domain.Stock.class),
                        get(Deliveries.class),
                        get(dev.platform.inventory.domain.Transaction.class)),
        definition ->
            ((RootBeanDefinition) definition)
                .setTargetType(
                    ResolvableType.forClassWithGenerics(Supplier.class, ImportStock.class)));
    types(
        "dev.platform.inventory.",
        "persistence.JdbcReservations",
        "persistence.JdbcStock",
        "persistence.JdbcCatalogue",
        "persistence.JdbcDeliveries",
        "persistence.JdbcTransaction",
        "api.InventoryExceptionMapper",
        "api.StockFeed",
        "api.InventoryGrpcService",
        "api.ProductGrpcService",
        "api.RecommendationGrpcService");
    types(
        CheckStock.class,
        FindProduct.class,
        RecommendProducts.class,
        ReserveStock.class,
        ConfirmReservation.class,
        ReleaseReservation.class,
        ExpireReservations.class);
  }

  private void payment() {
    bean(BankGatewayBlockingStub.class, BankGatewayGrpc.newBlockingStub(mall));
    types("dev.platform.payment.", "persistence.JdbcPayments", "api.PaymentExceptionMapper");
    types(
        BankClient.class,
        SettlePayment.class,
        CreatePayment.class,
        FindPayment.class,
        RefundPayment.class,
        VoidPayment.class,
        PaymentGrpcService.class);
  }

  private void bank(boolean declines) {
    bean(ScheduledExecutorService.class, TIMER);
    bean(
        Simulation.class,
        new Simulation(new Behaviour(Duration.ZERO, 0, declines ? 1 : 0), false, () -> 0.5));
    types(
        "dev.platform.payment.",
        "bank.persistence.JdbcLedger",
        "api.PaymentExceptionMapper",
        "bank.api.DelayedAnswers",
        "bank.api.BankGatewayGrpcService");
    types(CreateCharge.class, RefundCharge.class);
  }

  private <T> T get(Class<T> type) {
    return context.getBean(type);
  }

  private <T> void bean(Class<T> type, T bean) {
    context.getBeanFactory().registerSingleton(type.getName(), bean);
  }

  /** Those that are not public are named. */
  private void types(String prefix, String... names) {
    for (String name : names) {
      try {
        types(Class.forName(prefix + name, false, Wiring.class.getClassLoader()));
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException("the application has no " + name + " any more", e);
      }
    }
  }

  private void types(Class<?>... types) {
    for (Class<?> type : types) {
      RootBeanDefinition definition = new RootBeanDefinition(type);
      definition.setAutowireMode(AutowireCapableBeanFactory.AUTOWIRE_CONSTRUCTOR);
      context.registerBeanDefinition(type.getName(), definition);
    }
  }
}
