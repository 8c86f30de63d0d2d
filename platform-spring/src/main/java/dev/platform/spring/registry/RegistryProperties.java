package dev.platform.spring.registry;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.Layout;
import dev.platform.core.instance.ValueFormat;
import dev.platform.core.registry.Claim;
import dev.platform.core.registry.EtcdRegistrar;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this process registers in etcd, and how.
 *
 * @param enabled whether this process registers itself
 * @param services names to register, each a gRPC service of this process; {@code
 *     spring.application.name} when empty; at most 100
 * @param valueFormat {@code grpc}: etcd's own gRPC naming, with metadata; {@code address}: plain
 *     host:port, with metadata in a second key
 * @param layouts how keys and values look; each instance is registered in all of these: {@code
 *     platform}, {@code go-zero}, {@code kratos}
 * @param leaseTtl how long a crashed process stays registered; whole seconds, at least 2s; the
 *     lease is renewed every third of it
 * @param metadata further metadata of every instance; overrides what the platform sets, except
 *     instance-id, started-at and status; empty values are omitted
 * @param advertiseHost host name or address at which others reach this process; detected by default
 * @param advertisePort port at which others reach this process; by default the listening port
 * @param otherRegistries whether what Spring Cloud registers in other registries, such as ZooKeeper
 *     or Consul, is registered when this process is ready and deregistered before its servers stop,
 *     with the port of its gRPC server in the metadata, and registered again if the registry has
 *     lost it
 * @param failFast whether the app does not start without etcd
 */
@ConfigurationProperties("platform.registry")
public record RegistryProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue List<String> services,
    @DefaultValue("grpc") ValueFormat valueFormat,
    @DefaultValue("platform") Set<Layout> layouts,
    @DefaultValue("10s") Duration leaseTtl,
    @DefaultValue Map<String, String> metadata,
    @Nullable String advertiseHost,
    @Nullable Integer advertisePort,
    @DefaultValue("true") boolean otherRegistries,
    @DefaultValue("false") boolean failFast) {

  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*)");
  private static final int MAX_SERVICES = 100;

  public RegistryProperties {
    services = List.copyOf(services);
    layouts = layouts.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(layouts));
    metadata = Map.copyOf(metadata);
    services.forEach(name -> checkService("platform.registry.services", name));
    check(
        services.size() <= MAX_SERVICES && new HashSet<>(services).size() == services.size(),
        "platform.registry.services",
        services,
        "at most " + MAX_SERVICES + " names, each once");
    checkLayouts(services, valueFormat, layouts);
    check(
        leaseTtl.compareTo(Duration.ofSeconds(2)) >= 0
            && leaseTtl.equals(Duration.ofSeconds(leaseTtl.toSeconds())),
        "platform.registry.lease-ttl",
        text(leaseTtl),
        ">= 2s, in whole seconds");
    check(
        advertiseHost == null || !advertiseHost.isBlank(),
        "platform.registry.advertise-host",
        "(empty)",
        "a host name or an address");
    check(
        advertisePort == null || (advertisePort >= 1 && advertisePort <= 65535),
        "platform.registry.advertise-port",
        advertisePort,
        "1 to 65535");
  }

  private static void checkLayouts(
      List<String> services, ValueFormat valueFormat, Set<Layout> layouts) {
    check(
        !layouts.isEmpty(),
        "platform.registry.layouts",
        "(empty)",
        "one or more of platform, go-zero, kratos");
    check(
        layouts.contains(Layout.PLATFORM) || valueFormat == ValueFormat.GRPC,
        "platform.registry.value-format",
        "address",
        "no value, since platform.registry.layouts is without platform");
    int keys = Claim.keys(new InstanceCodec("", valueFormat), layouts);
    int most = EtcdRegistrar.MAX_KEYS / keys;
    check(
        services.size() <= most,
        "platform.registry.services",
        services.size() + " names",
        "at most %d, since each has %d keys".formatted(most, keys));
  }

  static void checkService(String property, String name) {
    check(
        SERVICE.matcher(name).matches(),
        property,
        name.isEmpty() ? "(empty)" : name,
        "a service name of letters, digits, '.', '_' and '-'");
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }
}
