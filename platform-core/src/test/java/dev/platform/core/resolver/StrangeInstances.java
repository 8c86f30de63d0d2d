package dev.platform.core.resolver;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Instances as broken, foreign or hostile registries might list them; the same for each seed. */
final class StrangeInstances {

  private static final List<String> HOSTS =
      List.of(
          "",
          " ",
          ".",
          "-",
          "a b",
          "[::1]",
          "::",
          "::1",
          "fe80::1%evil",
          "fe80::1%lo",
          "fe80::1%",
          "1:2:3",
          "1.2.3",
          "1.2.3.4.5",
          "256.1.1.1",
          "127.1",
          "0x7f000001",
          "2130706433",
          "localhost",
          "224.0.0.1",
          "0.0.0.0",
          "host:50051",
          "http://host",
          "host/path",
          "host\u0000",
          "host\r\nGET /",
          "\u202egnirts",
          "müller",
          "\ud83d\ude00",
          "\ud83d",
          "%s%n",
          "${jndi:ldap://x}",
          "{}",
          "..",
          "a..b",
          "xn--",
          "_etcd_1");

  private static final List<String> VALUES =
      List.of(
          "", "-1", "0", "grpc", "99999999999", "NaN", "1e3", " 7 ", "\u0000", "\ud800", "x\ny");

  private final Random random;

  StrangeInstances(long seed) {
    this.random = new Random(seed);
  }

  Instance next() {
    return new Instance("shop", new HostAndPort(host(), port()), metadata());
  }

  private String host() {
    return switch (random.nextInt(6)) {
      case 0 -> "h".repeat(random.nextInt(70_000));
      case 1 -> text(random.nextInt(40));
      case 2 -> "127.0.0." + random.nextInt(300);
      case 3 -> "::" + Integer.toHexString(random.nextInt()) + "%" + text(random.nextInt(3));
      default -> HOSTS.get(random.nextInt(HOSTS.size()));
    };
  }

  private int port() {
    return switch (random.nextInt(5)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextInt(-2, 3);
      case 2 -> random.nextInt(65_530, 65_540);
      default -> 50_051;
    };
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new HashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      metadata.put(key(), value());
    }
    return metadata;
  }

  private String key() {
    return switch (random.nextInt(4)) {
      case 0 -> InstanceMetadata.WEIGHT;
      case 1 -> InstanceMetadata.GRPC_PORT;
      case 2 -> InstanceMetadata.ZONE;
      default -> text(random.nextInt(10));
    };
  }

  private String value() {
    return random.nextBoolean()
        ? VALUES.get(random.nextInt(VALUES.size()))
        : text(random.nextInt(10));
  }

  /** Of any characters, halves of pairs included. */
  private String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(0x10000)));
    }
    return text.toString();
  }
}
