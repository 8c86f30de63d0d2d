package dev.platform.interop.peers.jetcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * An instance or a watcher of a service: {@code STYLE instance ETCD SERVICE ADDRESS TTL_SECONDS} or
 * {@code STYLE watcher ETCD SERVICE}. The style {@code plain} does what jetcd's documentation
 * shows; {@code careful} also begins anew whenever jetcd reports an end, asks for a leader and
 * pings.
 */
public final class JetcdPeer {

  private static final String CAREFUL = "careful";
  private static final Duration PING = Duration.ofSeconds(10);
  private static final Duration PING_TIMEOUT = Duration.ofSeconds(3);

  private JetcdPeer() {}

  /** Runs until it is ended; SIGTERM lets an instance leave in order. */
  public static void main(String[] arguments) throws Exception {
    printVersion();
    boolean careful = arguments[0].equals(CAREFUL);
    Client client = client(careful, arguments[2]);
    String prefix = "/services/" + arguments[3] + "/";
    if (arguments[1].equals("instance")) {
      Registration registration =
          new Registration(client, careful, prefix, arguments[4], Long.parseLong(arguments[5]));
      registration.start();
      Runtime.getRuntime().addShutdownHook(new Thread(registration::leave));
    } else {
      new Following(client, careful, prefix).start();
    }
    new CountDownLatch(1).await();
  }

  private static Client client(boolean careful, String endpoints) {
    ClientBuilder builder = Client.builder().endpoints(endpoints.split(","));
    if (careful) {
      builder.keepaliveTime(PING).keepaliveTimeout(PING_TIMEOUT).keepaliveWithoutCalls(true);
    }
    return builder.build();
  }

  private static void printVersion() {
    String jar = Client.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    System.out.println("version " + jar.substring(jar.lastIndexOf('/') + 1).replace(".jar", ""));
  }

  /** What the runner reads. */
  static void printList(List<String> addresses) {
    System.out.println("list " + String.join(" ", addresses));
  }
}
