package dev.platform.mall;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * A registered instance.
 *
 * @param address host and gRPC port
 * @param httpPort the actuator's port; 0 when unknown
 */
record Instance(String address, int httpPort) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads both value formats: etcd's own for gRPC naming, and a plain address. */
  static Instance parse(String value) throws JsonProcessingException {
    if (!value.startsWith("{")) {
      return new Instance(value.trim(), 0);
    }
    JsonNode update = JSON.readTree(value);
    return new Instance(
        update.path("Addr").asText(), update.path("Metadata").path("http-port").asInt());
  }

  String host() {
    return address.substring(0, address.lastIndexOf(':'));
  }
}
