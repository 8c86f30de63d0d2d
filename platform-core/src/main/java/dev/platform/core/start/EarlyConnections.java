package dev.platform.core.start;

import dev.platform.core.chain.ClientChain;
import dev.platform.core.discovery.InstanceDirectory;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Looks up the services that a process calls, and makes the channels of those that have instances
 * connect before the first call. Waits for nothing.
 */
public final class EarlyConnections implements WarmUp {

  private final Supplier<Map<String, Channel>> channels;
  private final InstanceDirectory directory;

  /**
   * @param channels by the name of the service
   */
  public EarlyConnections(Supplier<Map<String, Channel>> channels, InstanceDirectory directory) {
    this.channels = channels;
    this.directory = directory;
  }

  @Override
  public void run(WarmUpRun run) {
    channels
        .get()
        .forEach(
            (service, channel) ->
                directory
                    .firstList(service)
                    .thenAccept(
                        list -> {
                          if (!list.instances().isEmpty()) {
                            connect(channel);
                          }
                        }));
  }

  /** A channel leaves its idle state with its first call, also with one that is never sent. */
  private static void connect(Channel channel) {
    ClientCall<HealthCheckRequest, HealthCheckResponse> call =
        channel.newCall(
            HealthGrpc.getCheckMethod(), ClientChain.unintercepted(CallOptions.DEFAULT));
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.cancel("only connects", null);
  }
}
