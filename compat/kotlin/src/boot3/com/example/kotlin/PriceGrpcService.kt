package com.example.kotlin

import com.example.price.v1.GetPriceRequest
import com.example.price.v1.GetPriceResponse
import com.example.price.v1.PriceServiceGrpcKt.PriceServiceCoroutineImplBase
import com.example.price.v1.PriceServiceGrpcKt.PriceServiceCoroutineStub
import net.devh.boot.grpc.server.service.GrpcService

/** See [Deadlines]. */
@GrpcService
class PriceGrpcService(private val prices: PriceServiceCoroutineStub) : PriceServiceCoroutineImplBase() {

  override suspend fun getPrice(request: GetPriceRequest): GetPriceResponse =
    Deadlines.answer(request, prices)
}
