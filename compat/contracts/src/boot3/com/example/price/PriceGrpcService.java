package com.example.price;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.GetPriceResponse;
import com.example.price.v1.PriceServiceGrpc.PriceServiceImplBase;
import io.grpc.stub.StreamObserver;
import net.devh.boot.grpc.server.service.GrpcService;

/** The README's service. */
@GrpcService
public class PriceGrpcService extends PriceServiceImplBase {

  @Override
  public void getPrice(GetPriceRequest request, StreamObserver<GetPriceResponse> observer) {
    observer.onNext(GetPriceResponse.newBuilder().setCents(1299).build());
    observer.onCompleted();
  }
}
