package com.example.kotlin

import com.example.price.v1.PriceServiceGrpcKt.PriceServiceCoroutineStub
import dev.platform.spring.client.ImportStubs
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication

@SpringBootApplication
@ImportStubs(target = "price-service", types = [PriceServiceCoroutineStub::class])
class KotlinApplication

fun main(args: Array<String>) {
  runApplication<KotlinApplication>(*args)
}
