package com.example.price;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.stereotype.Component;

@Component
@ImportStubs(target = "price-service", types = PriceServiceBlockingStub.class)
class Checkout {
  private final PriceServiceBlockingStub prices;

  Checkout(PriceServiceBlockingStub prices) {
    this.prices = prices;
  }

  long cents(String id) {
    return prices.getPrice(GetPriceRequest.newBuilder().setProductId(id).build()).getCents();
  }
}
