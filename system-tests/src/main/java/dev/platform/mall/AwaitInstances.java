package dev.platform.mall;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.concurrent.TimeUnit;

/**
 * Waits until a service has enough instances in etcd: an instance registers only once it can serve.
 */
final class AwaitInstances {

  private static final String ETCD = "127.0.0.1:2379";
  private static final int POLL_MILLIS = 200;

  private AwaitInstances() {}

  static int run(Arguments arguments) throws JsonProcessingException, InterruptedException {
    String service = arguments.text("service");
    int wanted = arguments.number("instances", 1);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(arguments.number("seconds", 60));
    try (Channels channels = new Channels()) {
      Registered registered = new Registered(channels.to(arguments.text("etcd", ETCD)));
      int found = registered.instancesOf(service).size();
      while (found < wanted && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        found = registered.instancesOf(service).size();
      }
      if (found < wanted) {
        System.err.println(service + ": " + found + " of " + wanted + " instances registered");
        return 1;
      }
      return 0;
    }
  }
}
