package com.example.kotlin

import com.example.price.v1.GetPriceRequest
import com.example.price.v1.GetPriceResponse
import com.example.price.v1.PriceServiceGrpcKt.PriceServiceCoroutineStub
import io.grpc.Context
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.delay

/** Answers, after its coroutine was suspended, how many milliseconds its call has left. */
object Deadlines {

  const val OTHER = "another's"

  /** For [OTHER], what the same service answers to a call from here. */
  suspend fun answer(
    request: GetPriceRequest,
    prices: PriceServiceCoroutineStub,
  ): GetPriceResponse {
    delay(1)
    if (request.productId == OTHER) {
      return prices.getPrice(GetPriceRequest.getDefaultInstance())
    }
    val left = Context.current().deadline?.timeRemaining(TimeUnit.MILLISECONDS) ?: -1
    return GetPriceResponse.newBuilder().setCents(left).build()
  }
}
