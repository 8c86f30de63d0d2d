package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/**
 * A snapshot of an app's view, from its {@code platform} endpoint.
 *
 * @param platform the endpoint's whole answer
 */
record PlatformState(JsonNode platform) {

  static PlatformState of(AppProcess app) throws IOException, InterruptedException {
    return new PlatformState(app.platform());
  }

  /** Whether etcd has all its keys under its lease. */
  boolean isRegistered() {
    return platform.at("/registration/lease/state").asText().equals("HELD");
  }

  /** Whether its list of a service follows etcd. */
  boolean follows(String service) {
    return watched(service).path("following").asBoolean();
  }

  /** The number of a service's instances that are held although etcd has deleted them. */
  int held(String service) {
    return watched(service).path("held").asInt();
  }

  /** The addresses of a service's instances. */
  TreeSet<String> addresses(String service) {
    TreeSet<String> addresses = new TreeSet<>();
    watched(service)
        .path("instances")
        .forEach(instance -> addresses.add(instance.path("address").asText()));
    return addresses;
  }

  /** What it knows of one instance of a service, as JSON. */
  String instance(String service, String address) {
    return StreamSupport.stream(watched(service).path("instances").spliterator(), false)
        .filter(instance -> instance.path("address").asText().equals(address))
        .findFirst()
        .orElseThrow(() -> new AssertionError(address + " is not listed: " + platform))
        .toString();
  }

  private JsonNode watched(String service) {
    return StreamSupport.stream(platform.path("services").spliterator(), false)
        .filter(list -> list.path("service").asText().equals(service))
        .findFirst()
        .orElseThrow(() -> new AssertionError(service + " is not watched: " + platform));
  }
}
