package dev.platform.inventory;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The inventory's reservations.
 *
 * @param reservationTtl how long stock stays reserved unless it is confirmed, at least 1s
 * @param expiryInterval pause between two searches for expired reservations, at least 10ms
 */
@ConfigurationProperties("mall.inventory")
record InventoryProperties(
    @DefaultValue("15m") Duration reservationTtl, @DefaultValue("5s") Duration expiryInterval) {

  InventoryProperties {
    requireAtLeast("reservation-ttl", Duration.ofSeconds(1), reservationTtl);
    requireAtLeast("expiry-interval", Duration.ofMillis(10), expiryInterval);
  }

  private static void requireAtLeast(String name, Duration min, Duration value) {
    if (value.compareTo(min) < 0) {
      throw new IllegalArgumentException(
          "mall.inventory.%s: %dms (expected: >= %dms)"
              .formatted(name, value.toMillis(), min.toMillis()));
    }
  }
}
