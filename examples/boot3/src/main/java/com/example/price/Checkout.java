package com.example.price;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.springframework.stereotype.Component;

@Component
class Checkout {
  @GrpcClient("price-service")
  private PriceServiceBlockingStub prices;

  long cents(String id) {
    return prices.getPrice(GetPriceRequest.newBuilder().setProductId(id).build()).getCents();
  }
}
