package com.example.price;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import org.springframework.grpc.client.ImportGrpcClients;
import org.springframework.stereotype.Component;

@Component
@ImportGrpcClients(target = "price-service", types = PriceServiceBlockingStub.class)
class Checkout {
  private final PriceServiceBlockingStub prices;

  Checkout(PriceServiceBlockingStub prices) {
    this.prices = prices;
  }

  long cents(String id) {
    return prices.getPrice(GetPriceRequest.newBuilder().setProductId(id).build()).getCents();
  }
}
