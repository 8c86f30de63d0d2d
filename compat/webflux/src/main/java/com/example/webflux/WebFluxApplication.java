package com.example.webflux;

import com.example.price.PriceGrpcService;
import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceFutureStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A reactive controller in front of a gRPC service. */
@SpringBootApplication
@Import(PriceGrpcService.class)
public class WebFluxApplication {

  public static void main(String[] args) {
    SpringApplication.run(WebFluxApplication.class, args);
  }

  @RestController
  @ImportStubs(target = "price-service", types = PriceServiceFutureStub.class)
  static class PriceController {

    private final PriceServiceFutureStub prices;

    PriceController(PriceServiceFutureStub prices) {
      this.prices = prices;
    }

    @GetMapping("/price")
    Mono<String> price() {
      return Mono.create(
          sink -> {
            var answer = prices.getPrice(GetPriceRequest.getDefaultInstance());
            answer.addListener(
                () -> {
                  try {
                    sink.success(Long.toString(answer.get().getCents()));
                  } catch (Exception e) {
                    sink.error(e);
                  }
                },
                Runnable::run);
          });
    }

    @GetMapping("/healthz")
    Mono<String> health() {
      return Mono.just("ok");
    }
  }
}
