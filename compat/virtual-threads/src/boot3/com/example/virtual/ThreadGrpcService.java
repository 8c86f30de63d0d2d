package com.example.virtual;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.GetPriceResponse;
import com.example.price.v1.PriceServiceGrpc.PriceServiceImplBase;
import io.grpc.stub.StreamObserver;
import net.devh.boot.grpc.server.service.GrpcService;

/** Answers 1 on a virtual thread. */
@GrpcService
class ThreadGrpcService extends PriceServiceImplBase {

  @Override
  public void getPrice(GetPriceRequest request, StreamObserver<GetPriceResponse> observer) {
    boolean virtual = Thread.currentThread().toString().startsWith("VirtualThread[");
    observer.onNext(GetPriceResponse.newBuilder().setCents(virtual ? 1 : 0).build());
    observer.onCompleted();
  }
}
