package com.example.noactuator;

import com.example.price.PriceGrpcService;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** A gRPC service without the actuator. */
@SpringBootApplication
@Import(PriceGrpcService.class)
@ImportStubs(target = "price-service", types = PriceServiceBlockingStub.class)
public class NoActuatorApplication {

  public static void main(String[] args) {
    SpringApplication.run(NoActuatorApplication.class, args);
  }
}
