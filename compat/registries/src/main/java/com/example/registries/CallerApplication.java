package com.example.registries;

import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.spring.client.ImportStubs;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** Calls price-service by its name. */
@SpringBootConfiguration
@EnableAutoConfiguration
@ImportStubs(target = "price-service", types = PriceServiceBlockingStub.class)
public class CallerApplication {}
