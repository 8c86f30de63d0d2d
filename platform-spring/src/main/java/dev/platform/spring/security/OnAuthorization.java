package dev.platform.spring.security;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches unless the mode is {@code off}, as it is by default without rules. */
final class OnAuthorization implements Condition {

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    Environment environment = context.getEnvironment();
    String mode = environment.getProperty(AuthorizationProperties.PREFIX + ".mode");
    return mode == null ? hasRules(environment) : !isOff(mode);
  }

  /** YAML 1.1 reads {@code off} as false. */
  private static boolean isOff(String mode) {
    return mode.isBlank() || mode.equalsIgnoreCase("off") || mode.equalsIgnoreCase("false");
  }

  private static boolean hasRules(Environment environment) {
    return Binder.get(environment)
        .bind(AuthorizationProperties.PREFIX + ".rules", Bindable.mapOf(String.class, Object.class))
        .map(rules -> !rules.isEmpty())
        .orElse(false);
  }
}
