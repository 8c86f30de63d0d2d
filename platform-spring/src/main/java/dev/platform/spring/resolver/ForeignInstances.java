package dev.platform.spring.resolver;

import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.instance.InstanceReader;
import dev.platform.core.instance.Printable;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.instance.SkippedInstances.Reason;
import dev.platform.spring.discovery.EtcdServiceInstance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * Converts one service's instances of other registries' clients. One that can't be converted,
 * whatever it does, is skipped and reported. One that is out of service is left out. Not
 * thread-safe.
 */
final class ForeignInstances {

  private static final int MAX_INSTANCES = 50_000;

  /** Of older versions of net.devh. */
  private static final String OLD_GRPC_PORT = "gRPC.port";

  /** Where Spring Cloud's ZooKeeper client has what an operator set. */
  private static final String STATUS = "instance_status";

  private final String serviceId;
  private final SkippedInstances.Report report;

  ForeignInstances(String serviceId, SkippedInstances skipped) {
    this.serviceId = serviceId;
    this.report = skipped.report(serviceId, Reason.MALFORMED);
  }

  List<Instance> read(@Nullable List<? extends @Nullable ServiceInstance> listed) {
    List<Instance> instances = new ArrayList<>();
    Map<String, String> skipped = new LinkedHashMap<>();
    if (listed != null) {
      for (ServiceInstance each : listed) {
        if (instances.size() == MAX_INSTANCES) {
          skipped.put("the rest of the list", "more than %d instances".formatted(MAX_INSTANCES));
          break;
        }
        read(each, instances, skipped);
      }
    }
    report.update(skipped);
    return instances;
  }

  private void read(
      @Nullable ServiceInstance each, List<Instance> instances, Map<String, String> skipped) {
    if (each == null) {
      skipped.put("an instance", "null");
      return;
    }
    try {
      Instance instance = read(each);
      if (instance.isUp()) {
        instances.add(instance);
      }
    } catch (IllegalArgumentException e) {
      skipped.put(describe(each), String.valueOf(e.getMessage()));
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      skipped.put(describe(each), Printable.of(e.toString()));
    }
  }

  private Instance read(ServiceInstance instance) {
    if (instance instanceof EtcdServiceInstance known) {
      return known.instance();
    }
    Map<String, String> given = instance.getMetadata();
    Map<String, String> metadata = given == null ? new HashMap<>() : new HashMap<>(given);
    // Other registries scale weights differently.
    metadata.remove(InstanceMetadata.WEIGHT);
    String status = metadata.get(STATUS);
    if (status != null) {
      metadata.put(InstanceMetadata.STATUS, status);
    }
    String id = instance.getInstanceId();
    if (id != null) {
      metadata.putIfAbsent(InstanceMetadata.INSTANCE_ID, id);
    }
    return InstanceReader.read(serviceId, instance.getHost(), port(instance, metadata), metadata);
  }

  /** Other registries list the HTTP port, and the gRPC port in the metadata. */
  private static int port(ServiceInstance instance, Map<String, String> metadata) {
    String port = metadata.getOrDefault(InstanceMetadata.GRPC_PORT, metadata.get(OLD_GRPC_PORT));
    return port == null
        ? instance.getPort()
        : InstanceReader.port(InstanceMetadata.GRPC_PORT, port);
  }

  private static String describe(ServiceInstance instance) {
    try {
      String id = instance.getInstanceId();
      return id == null
          ? Printable.of(instance.getHost()) + ":" + instance.getPort()
          : Printable.of(id);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      return "an instance of " + instance.getClass().getName();
    }
  }
}
