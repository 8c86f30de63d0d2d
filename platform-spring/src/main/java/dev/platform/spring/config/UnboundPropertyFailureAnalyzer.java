package dev.platform.spring.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.convert.ConversionFailedException;

/** Explains a {@code platform.*} value that can't be converted to the property's type. */
final class UnboundPropertyFailureAnalyzer extends AbstractFailureAnalyzer<BindException>
    implements Ordered {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
    ConfigurationProperty property = cause.getProperty();
    ConversionFailedException conversion = findCause(cause, ConversionFailedException.class);
    if (property == null
        || conversion == null
        || !property.getName().toString().startsWith("platform.")) {
      return null;
    }
    String expected = expected(conversion.getTargetType().getType());
    return new FailureAnalysis(
        "%s: %s (expected: %s)".formatted(property.getName(), property.getValue(), expected),
        "Set %s to what is expected: %s.".formatted(property.getName(), expected),
        rootFailure);
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (type == Duration.class) {
      return "a duration such as 500ms, 10s or 2m";
    }
    return type == boolean.class || type == Boolean.class
        ? "true or false"
        : "a " + type.getSimpleName().toLowerCase(Locale.ROOT);
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 1;
  }
}
