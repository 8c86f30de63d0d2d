package dev.platform.spring.chain;

import static dev.platform.core.config.InvalidPropertyException.check;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What outgoing calls say about who makes them, in the header {@code platform-caller}. It is a
 * statement, not a proof: callees count and limit by it, and must not grant anything for it.
 *
 * @param enabled whether they say it
 * @param name the name; {@code spring.application.name} by default
 */
@ConfigurationProperties("platform.caller")
public record CallerProperties(@DefaultValue("true") boolean enabled, @Nullable String name) {

  private static final Pattern NAME = Pattern.compile("[\\w.-]{1,100}");

  public CallerProperties {
    check(
        name == null || NAME.matcher(name).matches(),
        "platform.caller.name",
        name == null || name.isBlank() ? "(empty)" : name,
        "up to 100 letters, digits, '.', '_' and '-'");
  }
}
