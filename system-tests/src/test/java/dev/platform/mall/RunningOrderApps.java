package dev.platform.mall;

import io.grpc.Channel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The running order-apps that customers call. Written by one thread, read by many; an app may end
 * just after a read.
 */
final class RunningOrderApps implements AutoCloseable {

  private final Channels channels = new Channels();
  private final Map<String, Channel> known = new HashMap<>();
  private volatile List<Channel> open = List.of();

  /** Sets the order-apps that customers call. */
  void open(List<AppProcess> orderApps) {
    open =
        orderApps.stream().map(app -> known.computeIfAbsent(app.address(), channels::to)).toList();
  }

  List<Channel> open() {
    return open;
  }

  @Override
  public void close() {
    channels.close();
  }
}
