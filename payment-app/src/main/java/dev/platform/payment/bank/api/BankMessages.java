package dev.platform.payment.bank.api;

import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import dev.platform.contracts.bank.v1.SetBehaviourResponse;
import dev.platform.payment.bank.domain.Behaviour;
import dev.platform.payment.domain.InvalidInput;
import dev.platform.payment.domain.Money;
import java.time.Duration;

/** Maps the bank's messages between the wire and the domain. */
final class BankMessages {

  private BankMessages() {}

  static Money amount(ChargeRequest request) {
    if (!request.hasAmount()) {
      throw new InvalidInput("amount is required");
    }
    try {
      return new Money(request.getAmount().getMinorUnits(), request.getAmount().getCurrency());
    } catch (InvalidInput e) {
      throw e.within("amount");
    }
  }

  /** The behaviour with the request's fields applied. */
  static Behaviour change(Behaviour now, SetBehaviourRequest request) {
    return new Behaviour(
        request.hasLatency() ? latency(request) : now.latency(),
        request.hasFailureRatio() ? request.getFailureRatio() : now.failureRatio(),
        request.hasDeclineRatio() ? request.getDeclineRatio() : now.declineRatio());
  }

  private static Duration latency(SetBehaviourRequest request) {
    try {
      return Duration.ofSeconds(request.getLatency().getSeconds(), request.getLatency().getNanos());
    } catch (ArithmeticException e) {
      throw new InvalidInput("latency must be from 0s to 60s");
    }
  }

  static SetBehaviourResponse behaviour(Behaviour behaviour) {
    return SetBehaviourResponse.newBuilder()
        .setLatency(
            com.google.protobuf.Duration.newBuilder()
                .setSeconds(behaviour.latency().getSeconds())
                .setNanos(behaviour.latency().getNano()))
        .setFailureRatio(behaviour.failureRatio())
        .setDeclineRatio(behaviour.declineRatio())
        .build();
  }
}
