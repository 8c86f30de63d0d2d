package dev.platform.spring.server;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.request.ConnectionLimit;
import io.grpc.ServerBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Connections to this process's gRPC server.
 *
 * @param max how many connections the server has at most; further ones are closed. 0 for no limit
 * @param maxCalls how many calls, streams included, one connection may have at a time; clients keep
 *     further ones until others end. 0 for no limit
 * @param handshakeTimeout how long a client may take to set up its connection, TLS included
 */
@ConfigurationProperties("platform.grpc.connections")
public record ConnectionProperties(
    @DefaultValue("10000") int max,
    @DefaultValue("1000") int maxCalls,
    @DefaultValue("10s") Duration handshakeTimeout) {

  private static final String PREFIX = "platform.grpc.connections.";

  public ConnectionProperties {
    check(max >= 0, PREFIX + "max", max, ">= 0");
    check(maxCalls >= 0, PREFIX + "max-calls", maxCalls, ">= 0");
    check(
        handshakeTimeout.toMillis() >= 100,
        PREFIX + "handshake-timeout",
        handshakeTimeout.toMillis() + "ms",
        ">= 100ms");
  }

  /**
   * Applies what every transport understands to a server on a socket.
   *
   * @param refusal the transport's exception that closes a connection without an error
   */
  public void applyTo(ServerBuilder<?> server, Supplier<? extends Exception> refusal) {
    server.handshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    if (max > 0) {
      server.addTransportFilter(new ConnectionLimit(max, refusal));
    }
  }

  /** {@code maxCalls} for a transport's builder. */
  public int maxCallsOrAny() {
    return maxCalls == 0 ? Integer.MAX_VALUE : maxCalls;
  }
}
