package dev.platform.order;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import dev.platform.contracts.inventory.v1.CheckStockRequest;
import dev.platform.contracts.inventory.v1.CheckStockResponse;
import dev.platform.contracts.inventory.v1.ConfirmRequest;
import dev.platform.contracts.inventory.v1.ConfirmResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.inventory.v1.ReleaseRequest;
import dev.platform.contracts.inventory.v1.ReleaseResponse;
import dev.platform.contracts.inventory.v1.ReservationLine;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.contracts.inventory.v1.StockLevel;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc.NotificationServiceImplBase;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.notification.v1.NotifyResponse;
import dev.platform.contracts.payment.v1.Payment;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Fakes of the services that an order needs, on a real socket. Behaviour is set per user or
 * product, so that tests do not disturb each other.
 */
final class FakeMall implements AutoCloseable {

  /** payment-service's behaviour for a user. */
  enum Paying {
    CHARGES,
    DECLINES,
    /** Charges, but the response is lost. */
    LOSES_ANSWER,
    /** The request is lost: nothing is recorded. */
    LOSES_REQUEST,
    /** The bank does not answer: recorded as pending. */
    HANGS
  }

  static final String DECLINE_REASON = "card expired";

  final Map<String, Money> prices = new ConcurrentHashMap<>();
  final Map<String, Integer> stock = new ConcurrentHashMap<>();
  final Map<String, String> reservations = new ConcurrentHashMap<>();
  final Map<String, Payment> payments = new ConcurrentHashMap<>();
  final Map<String, Paying> paying = new ConcurrentHashMap<>();
  final Set<String> paymentRecordsAway = ConcurrentHashMap.newKeySet();
  final Set<String> withoutRecommendations = ConcurrentHashMap.newKeySet();
  final Set<String> withoutNotifications = ConcurrentHashMap.newKeySet();
  final Set<String> lostReserveAnswers = ConcurrentHashMap.newKeySet();

  /** Messages of permanently rejected notifications, by user. */
  final Map<String, String> refusedMessages = new ConcurrentHashMap<>();

  final List<String> notifyAttempts = Collections.synchronizedList(new ArrayList<>());

  /** inventory-service's status for CheckStock. */
  volatile Status checkingStock = Status.OK;

  volatile Status listingProducts = Status.OK;

  /** Products that product-service fails to return. */
  final Set<String> productsAway = ConcurrentHashMap.newKeySet();

  /** Handles notifications that are not rejected. */
  volatile Function<NotifyRequest, NotifyResponse> notifications =
      request -> NotifyResponse.getDefaultInstance();

  private final Server server;

  FakeMall() {
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(new Products())
              .addService(new Inventory())
              .addService(new FakePayments(this))
              .addService(new Recommendations())
              .addService(new Notifications())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address() {
    return "static://127.0.0.1:" + server.getPort();
  }

  void sells(String productId, long minorUnits, int available) {
    prices.put(productId, Money.newBuilder().setMinorUnits(minorUnits).setCurrency("EUR").build());
    stock.put(productId, available);
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  static <T> void answer(StreamObserver<T> observer, T value) {
    observer.onNext(value);
    observer.onCompleted();
  }

  static void refuse(StreamObserver<?> observer, Status status, String description) {
    observer.onError(status.withDescription(description).asRuntimeException());
  }

  private final class Products extends ProductServiceImplBase {
    @Override
    public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> observer) {
      Money price = prices.get(request.getProductId());
      if (productsAway.contains(request.getProductId())) {
        refuse(observer, Status.UNAVAILABLE, "away");
        return;
      }
      if (price == null) {
        refuse(observer, Status.NOT_FOUND, "product is unknown: " + request.getProductId());
        return;
      }
      GetProductResponse.Builder response = GetProductResponse.newBuilder();
      response.getProductBuilder().setProductId(request.getProductId()).setPrice(price);
      answer(observer, response.build());
    }

    @Override
    public void listProducts(
        ListProductsRequest request, StreamObserver<ListProductsResponse> observer) {
      new TreeMap<>(prices).forEach((id, price) -> observer.onNext(listed(id, price)));
      if (listingProducts.isOk()) {
        observer.onCompleted();
      } else {
        observer.onError(listingProducts.asRuntimeException());
      }
    }

    private ListProductsResponse listed(String id, Money price) {
      ListProductsResponse.Builder response = ListProductsResponse.newBuilder();
      response
          .getProductBuilder()
          .setProductId(id)
          .setName("The " + id.substring(2))
          .setDescription("As good as any " + id.substring(2) + ".")
          .setPrice(price);
      return response.build();
    }
  }

  private final class Inventory extends InventoryServiceImplBase {
    @Override
    public void checkStock(CheckStockRequest request, StreamObserver<CheckStockResponse> observer) {
      if (!checkingStock.isOk()) {
        observer.onError(checkingStock.asRuntimeException());
        return;
      }
      CheckStockResponse.Builder response = CheckStockResponse.newBuilder();
      for (String id : request.getProductIdsList()) {
        response.addLevels(
            StockLevel.newBuilder().setProductId(id).setAvailable(stock.getOrDefault(id, 0)));
      }
      answer(observer, response.build());
    }

    @Override
    public synchronized void reserve(
        ReserveRequest request, StreamObserver<ReserveResponse> observer) {
      for (ReservationLine line : request.getLinesList()) {
        if (stock.getOrDefault(line.getProductId(), 0) < line.getQuantity()) {
          refuseForStock(observer, line.getProductId());
          return;
        }
      }
      for (ReservationLine line : request.getLinesList()) {
        stock.merge(line.getProductId(), -line.getQuantity(), Integer::sum);
      }
      reservations.put(request.getReservationId(), "RESERVED");
      if (lostReserveAnswers.contains(request.getLines(0).getProductId())) {
        refuse(observer, Status.UNAVAILABLE, "connection lost");
        return;
      }
      answer(observer, ReserveResponse.newBuilder().setExpiresAt(1).build());
    }

    @Override
    public synchronized void confirm(
        ConfirmRequest request, StreamObserver<ConfirmResponse> observer) {
      String state = reservations.get(request.getReservationId());
      if (state == null || state.equals("RELEASED")) {
        refuse(observer, Status.FAILED_PRECONDITION, "the reservation was released");
        return;
      }
      reservations.put(request.getReservationId(), "CONFIRMED");
      answer(observer, ConfirmResponse.getDefaultInstance());
    }

    @Override
    public synchronized void release(
        ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
      if ("CONFIRMED".equals(reservations.get(request.getReservationId()))) {
        refuse(observer, Status.FAILED_PRECONDITION, "the reservation was confirmed");
        return;
      }
      reservations.put(request.getReservationId(), "RELEASED");
      answer(observer, ReleaseResponse.getDefaultInstance());
    }
  }

  private void refuseForStock(StreamObserver<?> observer, String productId) {
    ErrorInfo info =
        ErrorInfo.newBuilder()
            .setReason("INSUFFICIENT_STOCK")
            .putMetadata(productId, stock.get(productId).toString())
            .build();
    observer.onError(
        StatusProto.toStatusException(
            com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.FAILED_PRECONDITION.value())
                .setMessage("insufficient stock")
                .addDetails(Any.pack(info))
                .build()));
  }

  private final class Recommendations extends RecommendationServiceImplBase {
    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      if (withoutRecommendations.contains(request.getUserId())) {
        // Never answers: the call ends with the caller's deadline.
        return;
      }
      answer(
          observer,
          GetRecommendationsResponse.newBuilder()
              .addProductIds("p-mug")
              .addProductIds("p-pen")
              .build());
    }
  }

  private final class Notifications extends NotificationServiceImplBase {
    @Override
    public void notify(NotifyRequest request, StreamObserver<NotifyResponse> observer) {
      notifyAttempts.add(request.getNotification().getNotificationId());
      if (withoutNotifications.contains(request.getNotification().getUserId())) {
        refuse(observer, Status.UNAVAILABLE, "away");
        return;
      }
      if (request
          .getNotification()
          .getMessage()
          .equals(refusedMessages.get(request.getNotification().getUserId()))) {
        refuse(observer, Status.INVALID_ARGUMENT, "notification.message is not polite");
        return;
      }
      answer(observer, notifications.apply(request));
    }
  }
}
