package dev.platform.mall;

import io.grpc.Channel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where customers may come in: the order-apps that run. Told by one thread, read by many; behind a
 * door that was open a moment ago there may be nobody any more.
 */
final class Doors implements AutoCloseable {

  private final Channels channels = new Channels();
  private final Map<String, Channel> known = new HashMap<>();
  private volatile List<Channel> open = List.of();

  /** Opens the doors of these, which are ready, and shuts all others. */
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
