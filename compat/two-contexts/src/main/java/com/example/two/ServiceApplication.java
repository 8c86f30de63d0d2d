package com.example.two;

import com.example.price.PriceGrpcService;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** One of two applications in the JVM. */
@SpringBootApplication
@Import(PriceGrpcService.class)
@ImportStubs(target = "price-service", types = PriceServiceBlockingStub.class)
public class ServiceApplication {

  public static void main(String[] args) {
    SpringApplication.run(ServiceApplication.class, args);
  }
}
