package com.example.noweb;

import com.example.price.PriceGrpcService;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** A gRPC service, and no web server. */
@SpringBootApplication
@Import(PriceGrpcService.class)
@ImportStubs(target = "price-service", types = PriceServiceBlockingStub.class)
public class NoWebApplication {

  public static void main(String[] args) {
    SpringApplication.run(NoWebApplication.class, args);
  }
}
