package dev.platform.payment.bank.api;

import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayImplBase;
import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.bank.v1.ChargeResponse;
import dev.platform.contracts.bank.v1.RefundRequest;
import dev.platform.contracts.bank.v1.RefundResponse;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import dev.platform.contracts.bank.v1.SetBehaviourResponse;
import dev.platform.payment.bank.domain.CreateCharge;
import dev.platform.payment.bank.domain.RefundCharge;
import dev.platform.payment.bank.domain.Simulation;
import dev.platform.payment.grpc.GrpcEndpoint;
import io.grpc.stub.StreamObserver;

@GrpcEndpoint
class BankGatewayGrpcService extends BankGatewayImplBase {

  private final CreateCharge createCharge;
  private final RefundCharge refundCharge;
  private final Simulation simulation;
  private final DelayedAnswers answers;

  BankGatewayGrpcService(
      CreateCharge createCharge,
      RefundCharge refundCharge,
      Simulation simulation,
      DelayedAnswers answers) {
    this.createCharge = createCharge;
    this.refundCharge = refundCharge;
    this.simulation = simulation;
    this.answers = answers;
  }

  @Override
  public void charge(ChargeRequest request, StreamObserver<ChargeResponse> answer) {
    answers.send(
        answer,
        () ->
            ChargeResponse.newBuilder()
                .setChargeId(
                    createCharge
                        .take(
                            request.getReference(),
                            request.getAccount(),
                            BankMessages.amount(request))
                        .id())
                .build());
  }

  @Override
  public void refund(RefundRequest request, StreamObserver<RefundResponse> answer) {
    answers.send(
        answer,
        () ->
            RefundResponse.newBuilder()
                .setRefundId(refundCharge.refund(request.getReference()))
                .build());
  }

  @Override
  public void setBehaviour(
      SetBehaviourRequest request, StreamObserver<SetBehaviourResponse> answer) {
    answer.onNext(
        BankMessages.behaviour(simulation.change(now -> BankMessages.change(now, request))));
    answer.onCompleted();
  }
}
