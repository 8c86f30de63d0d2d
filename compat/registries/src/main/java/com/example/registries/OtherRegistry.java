package com.example.registries;

import java.util.List;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/** A real server of another registry than etcd, which a test stops, starts and empties. */
public interface OtherRegistry extends AutoCloseable {

  String name();

  /** The properties of an application that uses it. */
  List<String> properties();

  /** The property of an application that has its client and does not use it. */
  String off();

  /** Spring Cloud's client. */
  Class<? extends DiscoveryClient> client();

  /** Starts it at the address that it had before, with its data. Returns when it answers. */
  void start();

  /** Stops it at once; its data stays. */
  void stop();

  /** Deletes the data, as a lost disk does; only while it is stopped. */
  void empty();

  @Override
  void close();
}
