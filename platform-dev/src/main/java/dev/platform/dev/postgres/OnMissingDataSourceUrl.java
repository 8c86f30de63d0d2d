package dev.platform.dev.postgres;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Matches when no property configures the app's database. */
final class OnMissingDataSourceUrl extends SpringBootCondition {

  private static final List<String> LOCATIONS =
      List.of(
          "spring.datasource.url",
          "spring.datasource.jndi-name",
          "spring.datasource.hikari.jdbc-url");

  @Override
  public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata type) {
    ConditionMessage.Builder message = ConditionMessage.forCondition("Missing data source URL");
    return LOCATIONS.stream()
        .filter(name -> StringUtils.hasText(context.getEnvironment().getProperty(name)))
        .findFirst()
        .map(name -> ConditionOutcome.noMatch(message.foundExactly(name)))
        .orElseGet(() -> ConditionOutcome.match(message.because("no location is configured")));
  }
}
