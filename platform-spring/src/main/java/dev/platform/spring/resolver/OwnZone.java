package dev.platform.spring.resolver;

import dev.platform.core.instance.InstanceMetadata;
import dev.platform.spring.registry.EtcdRegistration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;

/**
 * The zone of this process: the configured one, else the one that it registers; empty for none.
 * Thread-safe.
 */
final class OwnZone implements Supplier<String> {

  private final @Nullable String configured;
  private final SingletonSupplier<EtcdRegistration> registration;

  /**
   * @param registration what this process registers, asked when a first channel connects
   */
  OwnZone(@Nullable String configured, ObjectProvider<EtcdRegistration> registration) {
    this.configured = configured;
    this.registration = SingletonSupplier.ofNullable(registration::getIfAvailable);
  }

  @Override
  public String get() {
    if (configured != null) {
      return configured;
    }
    EtcdRegistration own = registration.get();
    return own == null ? "" : own.getMetadata().getOrDefault(InstanceMetadata.ZONE, "");
  }
}
