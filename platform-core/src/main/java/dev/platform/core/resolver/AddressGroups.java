package dev.platform.core.resolver;

import com.google.common.net.InetAddresses;
import dev.platform.core.instance.Instance;
import io.grpc.EquivalentAddressGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns instances into gRPC's address groups. An instance that did not change keeps its group, so
 * that one change among thousands costs one new group. Not thread-safe, but for {@link #lookUp}.
 */
final class AddressGroups {

  private Map<Instance, EquivalentAddressGroup> known = new HashMap<>();

  /** Names among the instances' hosts that must be looked up first. */
  Set<String> unknownNames(List<Instance> instances) {
    Set<String> names = new LinkedHashSet<>();
    for (Instance instance : instances) {
      if (!known.containsKey(instance) && !InetAddresses.isInetAddress(instance.address().host())) {
        names.add(instance.address().host());
      }
    }
    return names;
  }

  /** Forgets the addresses of hosts that are names; returns whether there were any. */
  boolean forgetNames() {
    return known.keySet().removeIf(i -> !InetAddresses.isInetAddress(i.address().host()));
  }

  /** Looks names up; may block. An unknown name is left out. */
  static Map<String, InetAddress> lookUp(Set<String> names) {
    Map<String, InetAddress> found = new HashMap<>();
    for (String name : names) {
      try {
        found.put(name, InetAddress.getByName(name));
      } catch (UnknownHostException e) {
        // Left out: only its instance can't be called.
      }
    }
    return found;
  }

  /** The groups of all instances whose address is known, in their order, each address once. */
  List<EquivalentAddressGroup> of(List<Instance> instances, Map<String, InetAddress> lookedUp) {
    Map<Instance, EquivalentAddressGroup> next = new HashMap<>(instances.size() * 2);
    Set<EquivalentAddressGroup> groups = new LinkedHashSet<>(instances.size() * 2);
    for (Instance instance : instances) {
      EquivalentAddressGroup group = known.get(instance);
      if (group == null) {
        InetAddress address = address(instance.address().host(), lookedUp);
        if (address == null) {
          continue;
        }
        group = group(instance, address);
      }
      next.put(instance, group);
      groups.add(group);
    }
    known = next;
    return new ArrayList<>(groups);
  }

  private static @Nullable InetAddress address(String host, Map<String, InetAddress> lookedUp) {
    return InetAddresses.isInetAddress(host) ? InetAddresses.forString(host) : lookedUp.get(host);
  }

  private static EquivalentAddressGroup group(Instance instance, InetAddress address) {
    return new EquivalentAddressGroup(
        new InetSocketAddress(address, instance.address().port()), InstanceAttributes.of(instance));
  }
}
