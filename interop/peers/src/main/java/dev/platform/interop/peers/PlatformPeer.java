package dev.platform.interop.peers;

import dev.platform.core.Platform;
import dev.platform.core.PlatformBuilder;
import dev.platform.core.discovery.InstanceList;
import dev.platform.core.instance.HostAndPort;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * The platform in plain Java, as a subject: {@code instance ETCD SERVICE ADDRESS TTL_SECONDS} or
 * {@code watcher ETCD SERVICE}. With its defaults, but for the address.
 */
final class PlatformPeer {

  private PlatformPeer() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    PlatformBuilder builder =
        Platform.builder(arguments[0].equals("instance") ? arguments[2] : "watcher")
            .etcdEndpoints(arguments[1].split(","));
    if (arguments[0].equals("instance")) {
      HostAndPort address = HostAndPort.parse(arguments[3]);
      Platform platform =
          builder
              .leaseTtl(Duration.ofSeconds(Long.parseLong(arguments[4])))
              .advertise(address.host(), address.port())
              .build();
      platform.serve(0).awaitTermination();
    } else {
      builder.build().directory().subscribe(arguments[2], PlatformPeer::print);
      new CountDownLatch(1).await();
    }
  }

  private static void print(InstanceList list) {
    if (list.isKnown()) {
      System.out.println(
          list.instances().stream()
              .map(instance -> instance.address().toString())
              .collect(Collectors.joining(" ", "list ", "")));
    }
  }
}
