package dev.platform.dev.etcd;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches when etcd's endpoint is a single plain-text loopback one. */
final class OnLoopbackEtcd extends SpringBootCondition {

  @Override
  public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata type) {
    ConditionMessage.Builder message = ConditionMessage.forCondition("Loopback etcd");
    return EtcdAddress.in(context.getEnvironment())
        .map(address -> ConditionOutcome.match(message.foundExactly(address)))
        .orElseGet(
            () ->
                ConditionOutcome.noMatch(
                    message.because(EtcdAddress.PROPERTY + " is not one http loopback endpoint")));
  }
}
