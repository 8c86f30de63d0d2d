package dev.platform.mall;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.OrderEvent;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls to order-app without payments, in turn: the list of products over HTTP, an order, and the
 * first event of a watched order.
 */
final class UnrelatedCalls implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpRequest productList;
  private final Channels channels = new Channels();
  private final ManagedChannel orders;
  private final String orderId;
  private final AtomicInteger next = new AtomicInteger();

  /**
   * @param orderId of an existing order
   */
  UnrelatedCalls(AppProcess orderApp, String orderId) {
    this.productList =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + orderApp.httpPort() + "/api/products"))
            .timeout(DEADLINE)
            .build();
    this.orders = channels.to(orderApp.address());
    this.orderId = orderId;
  }

  /** Starts the next call. */
  ListenableFuture<?> call() {
    return switch (Math.floorMod(next.getAndIncrement(), 3)) {
      case 0 -> products();
      case 1 -> order();
      default -> watch();
    };
  }

  @Override
  public void close() {
    channels.close();
  }

  private ListenableFuture<?> products() {
    SettableFuture<Void> answer = SettableFuture.create();
    var unused =
        http.sendAsync(productList, HttpResponse.BodyHandlers.ofString())
            .whenComplete(
                (response, failure) -> {
                  if (failure != null) {
                    answer.setException(failure);
                  } else if (response.statusCode() != 200) {
                    answer.setException(
                        Status.UNKNOWN
                            .withDescription(
                                "products: " + response.statusCode() + " " + response.body())
                            .asRuntimeException());
                  } else {
                    answer.set(null);
                  }
                });
    return answer;
  }

  private ListenableFuture<?> order() {
    return OrderServiceGrpc.newFutureStub(orders)
        .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS)
        .getOrder(GetOrderRequest.newBuilder().setOrderId(orderId).build());
  }

  private ListenableFuture<?> watch() {
    FirstEvent first = new FirstEvent();
    OrderServiceGrpc.newStub(orders)
        .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS)
        .watchOrder(WatchOrderRequest.newBuilder().setOrderId(orderId).build(), first);
    return first.event;
  }

  private static final class FirstEvent
      implements ClientResponseObserver<WatchOrderRequest, OrderEvent> {

    private final SettableFuture<OrderEvent> event = SettableFuture.create();
    private ClientCallStreamObserver<WatchOrderRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchOrderRequest> call) {
      this.call = call;
    }

    @Override
    public void onNext(OrderEvent value) {
      event.set(value);
      call.cancel("seen enough", null);
    }

    @Override
    public void onError(Throwable failure) {
      event.setException(failure);
    }

    @Override
    public void onCompleted() {
      event.setException(Status.UNKNOWN.withDescription("no event").asRuntimeException());
    }
  }
}
