package com.example.kotlin

import com.example.price.v1.GetPriceRequest
import com.example.price.v1.GetPriceResponse
import com.example.price.v1.PriceServiceGrpcKt.PriceServiceCoroutineImplBase
import com.example.price.v1.PriceServiceGrpcKt.PriceServiceCoroutineStub
import org.springframework.stereotype.Service

/** See [Deadlines]. */
@Service
class PriceGrpcService(private val prices: PriceServiceCoroutineStub) : PriceServiceCoroutineImplBase() {

  override suspend fun getPrice(request: GetPriceRequest): GetPriceResponse =
    Deadlines.answer(request, prices)
}
