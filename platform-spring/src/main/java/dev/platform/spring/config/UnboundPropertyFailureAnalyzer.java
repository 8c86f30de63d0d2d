package dev.platform.spring.config;

import dev.platform.core.InvalidPropertyException;
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
    InvalidPropertyException mistake = mistake(cause);
    return mistake == null
        ? null
        : new FailureAnalysis(
            mistake.getMessage(),
            "Set %s to what is expected: %s.".formatted(mistake.property(), mistake.expected()),
            rootFailure);
  }

  /** The value that can't be converted; null for other failures and other properties. */
  static @Nullable InvalidPropertyException mistake(BindException failure) {
    ConfigurationProperty property = failure.getProperty();
    if (property == null || !property.getName().toString().startsWith("platform.")) {
      return null;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConversionFailedException conversion) {
        return new InvalidPropertyException(
            property.getName().toString(),
            property.getValue(),
            expected(conversion.getTargetType().getType()),
            failure);
      }
    }
    return null;
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
