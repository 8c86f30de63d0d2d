package dev.platform.tests.telemetry;

import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicInteger;

/** A service with a method of each type; the first request selects the response. */
class AllKindsOfCalls implements BindableService {

  private final String service;
  private final AtomicInteger stuck = new AtomicInteger();

  AllKindsOfCalls(String service) {
    this.service = service;
  }

  static MethodDescriptor<ReserveRequest, ReserveResponse> method(String service, MethodType type) {
    return MethodDescriptor.<ReserveRequest, ReserveResponse>newBuilder()
        .setType(type)
        .setFullMethodName(service + "/" + type)
        .setRequestMarshaller(ProtoUtils.marshaller(ReserveRequest.getDefaultInstance()))
        .setResponseMarshaller(ProtoUtils.marshaller(ReserveResponse.getDefaultInstance()))
        .build();
  }

  /** The number of calls that were never answered. */
  int stuck() {
    return stuck.get();
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(service)
        .addMethod(
            method(service, MethodType.UNARY), ServerCalls.asyncUnaryCall(this::answerAndEnd))
        .addMethod(
            method(service, MethodType.SERVER_STREAMING),
            ServerCalls.asyncServerStreamingCall(this::answerAndEnd))
        .addMethod(
            method(service, MethodType.CLIENT_STREAMING),
            ServerCalls.asyncClientStreamingCall(this::requests))
        .addMethod(
            method(service, MethodType.BIDI_STREAMING),
            ServerCalls.asyncBidiStreamingCall(this::requests))
        .build();
  }

  private void answerAndEnd(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
    if (answer(request, answer)) {
      answer.onCompleted();
    }
  }

  private StreamObserver<ReserveRequest> requests(StreamObserver<ReserveResponse> answer) {
    return new StreamObserver<>() {

      private boolean well;

      @Override
      public void onNext(ReserveRequest request) {
        well = answer(request, answer);
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {
        if (well) {
          answer.onCompleted();
        }
      }
    };
  }

  private boolean answer(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
    switch (request.getReservationId()) {
      case "refused" ->
          answer.onError(Status.NOT_FOUND.withDescription("no such thing").asRuntimeException());
      case "broken" -> throw new IllegalStateException("a bug");
      case "stuck" -> stuck.incrementAndGet();
      default -> {
        answer.onNext(ReserveResponse.getDefaultInstance());
        return true;
      }
    }
    return false;
  }
}
