package com.example.price;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class PriceApplication {

  public static void main(String[] args) {
    SpringApplication.run(PriceApplication.class, args);
  }
}
