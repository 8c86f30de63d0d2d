package com.example.balanced;

import com.example.price.PriceGrpcService;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** A service over HTTP and gRPC that is called over HTTP by its name. */
@SpringBootApplication
@Import(PriceGrpcService.class)
public class BalancedApplication {

  public static void main(String[] args) {
    SpringApplication.run(BalancedApplication.class, args);
  }

  @Bean
  @LoadBalanced
  RestClient.Builder byName() {
    return RestClient.builder();
  }

  @RestController
  static class PriceController {

    @GetMapping("/price")
    String price() {
      return "1299";
    }
  }
}
