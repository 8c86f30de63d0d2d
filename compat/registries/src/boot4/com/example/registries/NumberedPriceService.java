package com.example.registries;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.GetPriceResponse;
import com.example.price.v1.PriceServiceGrpc.PriceServiceImplBase;
import io.grpc.stub.StreamObserver;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Service;

/** Answers with the number of its instance. */
@Service
public class NumberedPriceService extends PriceServiceImplBase {

  private final long number;

  public NumberedPriceService(@Value("${number}") long number) {
    this.number = number;
  }

  @Override
  public void getPrice(GetPriceRequest request, StreamObserver<GetPriceResponse> observer) {
    observer.onNext(GetPriceResponse.newBuilder().setCents(number).build());
    observer.onCompleted();
  }
}
