package dev.platform.mall;

import dev.platform.dev.postgres.DevPostgres;
import java.nio.file.Path;
import java.util.Map;

/** The environment variables of an app in a {@link Mall}. */
final class AppEnvironment {

  /** The times that the apps come with, for who tests those; a busy machine may need more. */
  static final Map<String, String> TIMES_AS_SHIPPED =
      Map.of(
          "PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "5s",
          "MALL_ORDER_PRICETIMEOUT", "2s",
          "MALL_ORDER_PAYMENTTIMEOUT", "2s",
          "MALL_PAYMENT_BANKTIMEOUT", "1500ms",
          "SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT", "3000");

  private AppEnvironment() {}

  /**
   * What an instance is started with, but for what each {@link Line} calls otherwise.
   *
   * @param database the URL of the app's own
   * @param etcd its endpoints
   * @param snapshots where lists are kept
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
        // What is slow only because the machine is busy is no failure.
        Map.entry("PLATFORM_DEADLINE_DEFAULT_TIMEOUT", "15s"),
        Map.entry("MALL_ORDER_PRICETIMEOUT", "15s"),
        Map.entry("MALL_ORDER_PAYMENTTIMEOUT", "15s"),
        Map.entry("MALL_PAYMENT_BANKTIMEOUT", "15s"),
        Map.entry("SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT", "15000"),
        // What a busy machine holds back and then sends at once is no flood.
        Map.entry("PLATFORM_RESILIENCE_RATELIMIT_ENABLED", "false"),
        Map.entry("PLATFORM_RESILIENCE_CONCURRENCYLIMIT_MODE", "off"),
        Map.entry("MALL_BANK_SETTABLE", "true"),
        // Why a call to another app failed; the caller is told no more than that it did.
        Map.entry("LOGGING_LEVEL_DEV_PLATFORM_ORDER_CLIENT", "debug"),
        // No collector here; whoever has one at the default port is somebody else.
        Map.entry("MANAGEMENT_TRACING_SAMPLING_PROBABILITY", "0"));
  }
}
