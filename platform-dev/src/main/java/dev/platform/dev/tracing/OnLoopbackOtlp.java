package dev.platform.dev.tracing;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches when traces go to a collector on this machine. */
final class OnLoopbackOtlp extends SpringBootCondition {

  @Override
  public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata type) {
    ConditionMessage.Builder message = ConditionMessage.forCondition("Loopback OTLP");
    return OtlpAddress.in(context.getEnvironment())
        .map(address -> ConditionOutcome.match(message.foundExactly(address)))
        .orElseGet(
            () ->
                ConditionOutcome.noMatch(
                    message.because("traces don't go by gRPC to an http loopback endpoint")));
  }
}
