package dev.platform.dev.issuer;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches when the issuer of an application's tokens has a plain-text loopback address. */
final class OnLoopbackIssuer extends SpringBootCondition {

  @Override
  public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata type) {
    ConditionMessage.Builder message = ConditionMessage.forCondition("Loopback issuer");
    return DevIssuer.addressIn(context.getEnvironment())
        .map(address -> ConditionOutcome.match(message.foundExactly(address)))
        .orElseGet(
            () ->
                ConditionOutcome.noMatch(
                    message.because(DevIssuer.PROPERTY + " is not an http loopback address")));
  }
}
