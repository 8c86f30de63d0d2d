package dev.platform.spring.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * What connections prove and hide, by {@code platform.security.transport.mode} and the trusted
 * proxies of a mesh. Immutable.
 */
public final class ConfiguredTransport {

  public static final String MODE = "platform.security.transport.mode";
  private static final String PROXIES = "platform.security.xfcc.trusted-proxies";
  private static final String PLAINTEXT = "plaintext";

  private final @Nullable String mode;
  private final boolean hasProxies;

  private ConfiguredTransport(@Nullable String mode, boolean hasProxies) {
    this.mode = mode;
    this.hasProxies = hasProxies;
  }

  /** As the environment has it. */
  public static ConfiguredTransport of(Environment environment) {
    String mode = environment.getProperty(MODE);
    boolean proxies =
        !Binder.get(environment)
            .bind(PROXIES, Bindable.listOf(String.class))
            .orElse(List.of())
            .isEmpty();
    return new ConfiguredTransport(
        mode == null ? null : mode.strip().toLowerCase(Locale.ROOT), proxies);
  }

  /** Whether this process uses no TLS itself. */
  public boolean isPlaintext() {
    return mode == null || mode.equals(PLAINTEXT);
  }

  /** Whether callers of other processes prove their workload. */
  public boolean provesWorkloads() {
    return !isPlaintext() || hasProxies;
  }

  /** Whether somebody has said that connections need no TLS, since a mesh encrypts them. */
  public boolean isPlaintextOnPurpose() {
    return PLAINTEXT.equals(mode);
  }
}
