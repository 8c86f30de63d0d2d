package com.example.jpa;

import com.example.price.PriceGrpcService;
import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Stores what a gRPC service answered. */
@SpringBootApplication
@Import(PriceGrpcService.class)
public class JpaApplication {

  public static void main(String[] args) {
    SpringApplication.run(JpaApplication.class, args);
  }

  @Service
  @ImportStubs(target = "price-service", types = PriceServiceBlockingStub.class)
  static class StorePrice {

    private final PriceServiceBlockingStub service;
    private final Prices prices;

    StorePrice(PriceServiceBlockingStub service, Prices prices) {
      this.service = service;
      this.prices = prices;
    }

    @Transactional
    public void store(String product) {
      Price price = new Price();
      price.product = product;
      price.cents = service.getPrice(GetPriceRequest.getDefaultInstance()).getCents();
      prices.save(price);
    }
  }
}
