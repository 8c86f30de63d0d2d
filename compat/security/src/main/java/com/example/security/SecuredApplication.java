package com.example.security;

import com.example.price.PriceGrpcService;
import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Security as it comes: every path needs a login. */
@SpringBootApplication
@Import(PriceGrpcService.class)
public class SecuredApplication {

  public static void main(String[] args) {
    SpringApplication.run(SecuredApplication.class, args);
  }

  @RestController
  @ImportStubs(target = "price-service", types = PriceServiceBlockingStub.class)
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
}
