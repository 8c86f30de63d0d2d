package com.example.adminclient;

import com.example.price.PriceGrpcService;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** Registers itself in etcd, and at a Spring Boot Admin server by HTTP. */
@SpringBootApplication
@Import(PriceGrpcService.class)
public class AdminClientApplication {

  public static void main(String[] args) {
    SpringApplication.run(AdminClientApplication.class, args);
  }
}
