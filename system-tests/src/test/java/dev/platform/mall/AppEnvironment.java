package dev.platform.mall;

import dev.platform.dev.postgres.DevPostgres;
import java.nio.file.Path;
import java.util.Map;

/** The environment variables of an app in a {@link Mall}. */
final class AppEnvironment {

  /** The apps' default timeouts, for tests of timeouts; a busy machine may need longer ones. */
  static final Map<String, String> DEFAULT_TIMES =
      Map.of(
          "PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "5s",
          "MALL_ORDER_PRICETIMEOUT", "2s",
          "MALL_ORDER_PAYMENTTIMEOUT", "2s",
          "MALL_PAYMENT_BANKTIMEOUT", "1500ms",
          "SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT", "3000");

  private AppEnvironment() {}

  /**
   * The environment of an instance, without the variables that differ between lines ({@link Line}).
   *
   * @param database the URL of the app's own database
   * @param etcd its endpoints
   * @param snapshots the folder of the lists' snapshots
   */
  static Map<String, String> of(String database, String etcd, Path snapshots) {
    return Map.ofEntries(
        Map.entry("SPRING_DATASOURCE_URL", database),
        Map.entry("SPRING_DATASOURCE_USERNAME", DevPostgres.USERNAME),
        Map.entry("SPRING_DATASOURCE_PASSWORD", DevPostgres.PASSWORD),
        Map.entry("SERVER_ADDRESS", "127.0.0.1"),
        Map.entry("SERVER_PORT", "0"),
        Map.entry("PLATFORM_REGISTRY_ADVERTISE_HOST", "127.0.0.1"),
        Map.entry("PLATFORM_REGISTRY_LEASE_TTL", Mall.LEASE_TTL.toSeconds() + "s"),
        Map.entry("PLATFORM_ETCD_ENDPOINTS", etcd),
        Map.entry("PLATFORM_DISCOVERY_SNAPSHOT_DIRECTORY", snapshots.toString()),
        // Slowness of a busy machine is not a failure.
        Map.entry("PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "15s"),
        Map.entry("MALL_ORDER_PRICETIMEOUT", "15s"),
        Map.entry("MALL_ORDER_PAYMENTTIMEOUT", "15s"),
        Map.entry("MALL_PAYMENT_BANKTIMEOUT", "15s"),
        Map.entry("SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT", "15000"),
        // A busy machine may send delayed calls in a burst, which is not a flood.
        Map.entry("PLATFORM_RESILIENCE_RATELIMIT_ENABLED", "false"),
        Map.entry("PLATFORM_RESILIENCE_CONCURRENCYLIMIT_MODE", "off"),
        Map.entry("MALL_BANK_SETTABLE", "true"),
        // Logs why a call to another app failed; the caller receives no cause.
        Map.entry("LOGGING_LEVEL_DEV_PLATFORM_ORDER_CLIENT", "debug"),
        // No collector here; one at the default port belongs to another program.
        Map.entry("MANAGEMENT_TRACING_SAMPLING_PROBABILITY", "0"));
  }
}
