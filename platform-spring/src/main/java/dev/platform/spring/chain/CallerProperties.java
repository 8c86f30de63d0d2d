package dev.platform.spring.chain;

import static dev.platform.core.InvalidPropertyException.check;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The caller's name in outgoing calls, in the header {@code platform-caller}. It is not
 * authenticated: callees count and limit by it, and must not authorize by it.
 *
 * @param enabled whether outgoing calls name their caller
 * @param name the caller's name; by default {@code spring.application.name}
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
