package com.example.price;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.GetPriceResponse;
import com.example.price.v1.PriceServiceGrpc.PriceServiceImplBase;
import io.grpc.stub.StreamObserver;
import org.springframework.stereotype.Service;

/** The README's service. */
@Service
public class PriceGrpcService extends PriceServiceImplBase {

  @Override
  public void getPrice(GetPriceRequest request, StreamObserver<GetPriceResponse> observer) {
    observer.onNext(GetPriceResponse.newBuilder().setCents(1299).build());
    observer.onCompleted();
  }
}
