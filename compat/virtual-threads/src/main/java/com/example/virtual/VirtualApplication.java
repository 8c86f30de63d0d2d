package com.example.virtual;

import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Handlers on virtual threads. */
@SpringBootApplication
@ImportStubs(target = "price-service", types = PriceServiceBlockingStub.class)
public class VirtualApplication {

  public static void main(String[] args) {
    SpringApplication.run(VirtualApplication.class, args);
  }
}
