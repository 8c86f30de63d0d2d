package dev.platform.order.warmup;

import dev.platform.contracts.inventory.v1.ConfirmRequest;
import dev.platform.contracts.inventory.v1.ConfirmResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import dev.platform.contracts.payment.v1.CreatePaymentResponse;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc.PaymentServiceImplBase;
import dev.platform.contracts.payment.v1.PaymentStatus;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;

/**
 * The other services of the mall, for orders of a warm-up: they have every product, reserve nothing
 * and take no money.
 */
final class WarmUpMall {

  private static final Money PRICE =
      Money.newBuilder().setMinorUnits(100).setCurrency("EUR").build();

  private WarmUpMall() {}

  static BindableService[] services() {
    return new BindableService[] {
      new Products(), new Inventory(), new Payments(), new Recommendations()
    };
  }

  private static <A> void send(StreamObserver<A> answer, A message) {
    answer.onNext(message);
    answer.onCompleted();
  }

  private static final class Products extends ProductServiceImplBase {

    @Override
    public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> answer) {
      GetProductResponse.Builder response = GetProductResponse.newBuilder();
      response.getProductBuilder().setProductId(request.getProductId()).setPrice(PRICE);
      send(answer, response.build());
    }
  }

  private static final class Inventory extends InventoryServiceImplBase {

    @Override
    public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
      send(answer, ReserveResponse.getDefaultInstance());
    }

    @Override
    public void confirm(ConfirmRequest request, StreamObserver<ConfirmResponse> answer) {
      send(answer, ConfirmResponse.getDefaultInstance());
    }
  }

  private static final class Payments extends PaymentServiceImplBase {

    @Override
    public void createPayment(
        CreatePaymentRequest request, StreamObserver<CreatePaymentResponse> answer) {
      CreatePaymentResponse.Builder response = CreatePaymentResponse.newBuilder();
      response
          .getPaymentBuilder()
          .setOrderId(request.getOrderId())
          .setUserId(request.getUserId())
          .setAmount(request.getAmount())
          .setStatus(PaymentStatus.PAYMENT_STATUS_CHARGED);
      send(answer, response.build());
    }
  }

  private static final class Recommendations extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      send(answer, GetRecommendationsResponse.newBuilder().addProductIds("warm-up").build());
    }
  }
}
