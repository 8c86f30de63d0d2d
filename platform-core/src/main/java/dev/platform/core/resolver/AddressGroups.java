package dev.platform.core.resolver;

import com.google.common.net.InetAddresses;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceAttributes;
import dev.platform.core.instance.InstanceReader;
import dev.platform.core.instance.Printable;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.instance.SkippedInstances.Reason;
import io.grpc.EquivalentAddressGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns instances into gRPC's address groups, one for each instance, with all addresses of a host
 * that is a name. An instance that did not change keeps its group, so that one change among
 * thousands costs one new group. An instance that can't be used is skipped and reported; nothing
 * that its address contains makes this fail. Not thread-safe.
 */
final class AddressGroups {

  private final Function<String, List<InetAddress>> names;
  private final SkippedInstances.Report malformed;
  private final SkippedInstances.Report refused;
  private Map<Instance, Known> known = new HashMap<>();
  private Optional<String> lastSkipped = Optional.empty();

  /**
   * @param addresses null where the host is an IP address
   */
  private record Known(EquivalentAddressGroup group, @Nullable List<InetAddress> addresses) {}

  /**
   * @param names the addresses of a host name; none while it does not resolve
   */
  AddressGroups(
      String serviceId, Function<String, List<InetAddress>> names, SkippedInstances skipped) {
    this.names = names;
    this.malformed = skipped.report(serviceId, Reason.MALFORMED);
    this.refused = skipped.report(serviceId, Reason.ADDRESS);
  }

  /** The hosts that are names. */
  static Set<String> names(List<Instance> instances) {
    Set<String> names = new LinkedHashSet<>();
    for (Instance instance : instances) {
      HostAndPort address = instance.address();
      if (InstanceReader.isAddress(address) && !InetAddresses.isInetAddress(address.host())) {
        names.add(address.host());
      }
    }
    return names;
  }

  /** The groups of all instances that can be called, in their order, each address once. */
  List<EquivalentAddressGroup> of(List<Instance> instances, AddressRule rule) {
    Pass pass = new Pass(rule, instances.size());
    instances.forEach(pass::add);
    malformed.update(pass.malformed);
    refused.update(pass.refused);
    lastSkipped = pass.skipped();
    known = pass.next;
    return new ArrayList<>(pass.groups);
  }

  /** One instance of the last list that was skipped, and why. */
  Optional<String> lastSkipped() {
    return lastSkipped;
  }

  private final class Pass {

    private final AddressRule rule;
    private final Map<Instance, Known> next;
    private final Set<EquivalentAddressGroup> groups;
    private final Map<String, String> malformed = new LinkedHashMap<>();
    private final Map<String, String> refused = new LinkedHashMap<>();

    Pass(AddressRule rule, int size) {
      this.rule = rule;
      this.next = new HashMap<>(size * 2);
      this.groups = new LinkedHashSet<>(size * 2);
    }

    void add(Instance instance) {
      try {
        Known group = group(instance);
        if (group != null) {
          next.put(instance, group);
          groups.add(group.group);
        }
      } catch (IllegalArgumentException e) {
        malformed.put(describe(instance), String.valueOf(e.getMessage()));
      }
    }

    private @Nullable Known group(Instance instance) {
      Known before = known.get(instance);
      if (before != null && before.addresses == null) {
        return before;
      }
      String host = instance.address().host();
      InstanceReader.address(host, instance.address().port());
      if (InetAddresses.isInetAddress(host)) {
        List<InetAddress> usable = usable(instance, List.of(parse(host)));
        return usable.isEmpty() ? null : new Known(toGroup(instance, usable), null);
      }
      List<InetAddress> usable = usable(instance, names.apply(host));
      if (before != null && usable.equals(before.addresses)) {
        return before;
      }
      return usable.isEmpty() ? null : new Known(toGroup(instance, usable), usable);
    }

    private List<InetAddress> usable(Instance instance, List<InetAddress> addresses) {
      List<InetAddress> usable = new ArrayList<>();
      for (InetAddress address : addresses) {
        Optional<String> refusal = rule.refusal(instance.address(), address);
        if (refusal.isEmpty()) {
          usable.add(address);
        } else {
          refused.put(
              describe(instance), "%s is %s".formatted(address.getHostAddress(), refusal.get()));
        }
      }
      return usable;
    }

    Optional<String> skipped() {
      Map<String, String> some = refused.isEmpty() ? malformed : refused;
      return some.entrySet().stream()
          .findFirst()
          .map(each -> "%s is skipped: %s".formatted(each.getKey(), each.getValue()));
    }
  }

  private static EquivalentAddressGroup toGroup(Instance instance, List<InetAddress> addresses) {
    List<SocketAddress> sockets = new ArrayList<>();
    for (InetAddress address : addresses) {
      sockets.add(new InetSocketAddress(address, instance.address().port()));
    }
    return new EquivalentAddressGroup(sockets, InstanceAttributes.of(instance));
  }

  /** An IPv6 address may name a network interface that this machine does not have. */
  private static InetAddress parse(String host) {
    try {
      return InetAddresses.forString(host);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "host: %s (expected: an address of this machine's networks)".formatted(host), e);
    }
  }

  private static String describe(Instance instance) {
    return Printable.of(instance.address().host()) + ":" + instance.address().port();
  }
}
