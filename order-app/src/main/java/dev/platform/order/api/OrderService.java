package dev.platform.order.api;

import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.GetOrderResponse;
import dev.platform.contracts.order.v1.OrderEvent;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceImplBase;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import dev.platform.order.OrderProperties;
import dev.platform.order.customer.Ownership;
import dev.platform.order.degraded.DegradedAnswers;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.OrderException;
import dev.platform.order.domain.OrderItem;
import dev.platform.order.domain.OrderRequest;
import dev.platform.order.domain.Orders;
import dev.platform.order.domain.PlaceOrderOnce;
import dev.platform.order.domain.PlacedOrder;
import dev.platform.order.domain.SequencedLog;
import dev.platform.order.domain.SequencedLog.Head;
import dev.platform.order.flashsale.FlashSales;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.List;
import net.devh.boot.grpc.server.service.GrpcService;

/** {@code order.v1.OrderService}: validates, maps, delegates to the domain. */
@GrpcService
public class OrderService extends OrderServiceImplBase {

  private final PlaceOrderOnce placeOrder;
  private final Orders orders;
  private final SequencedLog<dev.platform.order.domain.OrderEvent> events;
  private final FlashSales flashSales;
  private final DegradedAnswers degraded;
  private final Ownership ownership;
  private final OrderEventBroadcaster<dev.platform.order.domain.OrderEvent, OrderEvent> feed;

  /** Serves this use case. */
  public OrderService(
      PlaceOrderOnce placeOrder,
      Orders orders,
      SequencedLog<dev.platform.order.domain.OrderEvent> events,
      FlashSales flashSales,
      DegradedAnswers degraded,
      Ownership ownership,
      OrderProperties properties) {
    this.ownership = ownership;
    this.flashSales = flashSales;
    this.degraded = degraded;
    this.placeOrder = placeOrder;
    this.orders = orders;
    this.events = events;
    this.feed =
        new OrderEventBroadcaster<>(
            "order-watches", events, OrderMessages::toProto, properties.watchInterval());
  }

  @Override
  public void createOrder(
      CreateOrderRequest request, StreamObserver<CreateOrderResponse> observer) {
    CreateOrderResponse answer =
        OrderMessages.toProto(placeInLine(OrderMessages.toDomain(request, userOf(request))));
    degraded.count("order", answer.getDegradedFeaturesList());
    observer.onNext(answer);
    observer.onCompleted();
  }

  @Override
  public void getOrder(GetOrderRequest request, StreamObserver<GetOrderResponse> observer) {
    String orderId = Fields.required("order_id", request.getOrderId());
    observer.onNext(OrderMessages.toProto(own(orderId)));
    observer.onCompleted();
  }

  @Override
  public void watchOrder(WatchOrderRequest request, StreamObserver<OrderEvent> observer) {
    LiveStream<dev.platform.order.domain.OrderEvent, OrderEvent> stream =
        feed.open((ServerCallStreamObserver<OrderEvent>) observer);
    try {
      String orderId = Fields.required("order_id", request.getOrderId());
      long after = Fields.atLeastZero("after_sequence", request.getAfterSequence());
      stream.start(own(orderId).id(), after, headOf(orderId));
    } catch (RuntimeException e) {
      stream.end(e);
    }
  }

  int openWatches() {
    return feed.openStreams();
  }

  @PostConstruct
  void startFeed() {
    feed.start();
  }

  @PreDestroy
  void endWatches() {
    feed.close();
  }

  private PlacedOrder placeInLine(OrderRequest request) {
    List<String> products = request.items().stream().map(OrderItem::productId).toList();
    return flashSales.inLine(products, () -> placeOrder.place(request));
  }

  private String userOf(CreateOrderRequest request) {
    return ownership.userOf("user_id", request.getUserId());
  }

  /** Another user's order is as unknown as one that does not exist. */
  private Order own(String orderId) {
    ownership.requireKnown();
    return orders
        .find(orderId)
        .filter(order -> ownership.maySee(order.userId()))
        .orElseThrow(() -> OrderException.unknownOrder(orderId));
  }

  private Head headOf(String orderId) {
    Head head = events.heads(List.of(orderId)).get(orderId);
    if (head == null) {
      throw OrderException.unknownOrder(orderId);
    }
    return head;
  }
}
