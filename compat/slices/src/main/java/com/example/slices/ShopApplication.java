package com.example.slices;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Stubs in constructors. */
@SpringBootApplication
public class ShopApplication {

  public static void main(String[] args) {
    SpringApplication.run(ShopApplication.class, args);
  }

  @RestController
  static class PriceController {

    private final PriceServiceBlockingStub prices;

    PriceController(PriceServiceBlockingStub prices) {
      this.prices = prices;
    }

    @GetMapping("/price")
    String price() {
      return Long.toString(prices.getPrice(GetPriceRequest.getDefaultInstance()).getCents());
    }
  }

  /** Needs the stub, and is found before the configuration that imports it. */
  @Configuration(proxyBeanMethods = false)
  static class Early {

    @Bean
    Runnable user(PriceServiceBlockingStub prices) {
      return () -> prices.getPrice(GetPriceRequest.getDefaultInstance());
    }
  }

  /** Sorts after its users. */
  @Configuration(proxyBeanMethods = false)
  @ImportStubs(target = "price-service", types = PriceServiceBlockingStub.class)
  static class ZuluStubs {}
}
