package dev.platform.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** Keys and values of fictional instances in the starter's registration format. */
final class Instances {

  private Instances() {}

  static Map<String, String> of(String service, int count) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      values.put(key(service, i), value(i));
    }
    return values;
  }

  static String key(String service, int i) {
    return "/services/" + service + "/" + address(i);
  }

  static String value(int i) {
    return """
        {"Op":0,"Addr":"%s","Metadata":{"gRPC_port":"50051","http-port":"8080",\
        "instance-id":"5d1c7e0a-3b52-4f5e-9c1f-%012d","started-at":"2026-01-01T00:00:00Z",\
        "version":"1.4.2","zone":"zone-%d"}}"""
        .formatted(address(i), i, i % 3);
  }

  private static String address(int i) {
    return "10.%d.%d.%d:50051".formatted(i >> 16, (i >> 8) & 255, i & 255);
  }
}
