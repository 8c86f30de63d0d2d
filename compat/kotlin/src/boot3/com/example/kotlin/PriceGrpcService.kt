package com.example.kotlin

import com.example.price.v1.GetPriceRequest
import com.example.price.v1.GetPriceResponse
import com.example.price.v1.PriceServiceGrpcKt
import io.grpc.Context
import kotlinx.coroutines.delay
import net.devh.boot.grpc.server.service.GrpcService

/** Answers whether the call's deadline is known, after the coroutine was suspended. */
@GrpcService
class PriceGrpcService : PriceServiceGrpcKt.PriceServiceCoroutineImplBase() {

  override suspend fun getPrice(request: GetPriceRequest): GetPriceResponse {
    delay(1)
    val cents = if (Context.current().deadline == null) 0L else 1299L
    return GetPriceResponse.newBuilder().setCents(cents).build()
  }
}
