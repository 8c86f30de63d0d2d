package com.example.devtools;

import com.example.price.PriceGrpcService;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** A gRPC service that is restarted when its classes change. */
@SpringBootApplication
@Import(PriceGrpcService.class)
@ImportStubs(target = "price-service", types = PriceServiceBlockingStub.class)
public class DevtoolsApplication {

  public static void main(String[] args) {
    SpringApplication.run(DevtoolsApplication.class, args);
  }
}
