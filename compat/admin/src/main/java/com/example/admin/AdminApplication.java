package com.example.admin;

import com.example.price.PriceGrpcService;
import de.codecentric.boot.admin.server.config.EnableAdminServer;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** A Spring Boot Admin server that watches itself, by what is in etcd. */
@SpringBootApplication
@EnableAdminServer
@Import(PriceGrpcService.class)
public class AdminApplication {

  public static void main(String[] args) {
    SpringApplication.run(AdminApplication.class, args);
  }
}
