package dev.platform.mall;

import com.google.protobuf.util.Durations;
import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;

/** Controls the simulated bank in one instance of payment-app. */
record BankSimulator(AppProcess payment) {

  private static final long DEADLINE_SECONDS = 20;

  /** Every charge succeeds, with the default latency. */
  void recover() {
    behave(20, 0, 0);
  }

  /**
   * @param failing the share of all calls that fails with UNAVAILABLE
   * @param declining the share of all new charges that is declined
   */
  void behave(long latencyMillis, double failing, double declining) {
    SetBehaviourRequest behaviour =
        SetBehaviourRequest.newBuilder()
            .setLatency(Durations.fromMillis(latencyMillis))
            .setFailureRatio(failing)
            .setDeclineRatio(declining)
            .build();
    try (Channels channels = new Channels()) {
      var unused =
          BankGatewayGrpc.newBlockingStub(channels.to(payment.address()))
              .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
              .setBehaviour(behaviour);
    } catch (StatusRuntimeException e) {
      throw new IllegalStateException("the bank's behaviour could not be set", e);
    }
  }
}
