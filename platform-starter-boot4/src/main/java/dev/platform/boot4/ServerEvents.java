package dev.platform.boot4;

import dev.platform.spring.server.ServerListener;
import io.grpc.Server;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.grpc.server.lifecycle.GrpcServerShutdownEvent;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;
import org.springframework.grpc.server.lifecycle.GrpcServerTerminatedEvent;

/** Passes the events of Spring's gRPC server on. */
final class ServerEvents implements SmartApplicationListener {

  private final ObjectProvider<ServerListener> listeners;

  ServerEvents(ObjectProvider<ServerListener> listeners) {
    this.listeners = listeners;
  }

  @Override
  public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
    return GrpcServerStartedEvent.class.isAssignableFrom(type)
        || GrpcServerShutdownEvent.class.isAssignableFrom(type)
        || GrpcServerTerminatedEvent.class.isAssignableFrom(type);
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof GrpcServerStartedEvent started) {
      Server server = started.getServer();
      int port = Math.max(0, started.getPort());
      String address = boundAddress(server.getListenSockets());
      notify(each -> each.grpcServerStarted(server, port, address));
    } else if (event instanceof GrpcServerShutdownEvent stopping) {
      notify(each -> each.grpcServerStopping(stopping.getServer()));
    } else if (event instanceof GrpcServerTerminatedEvent) {
      notify(ServerListener::grpcServerStopped);
    }
  }

  /** Null if it listens on several addresses, or on all of the machine. */
  private static @Nullable String boundAddress(List<? extends SocketAddress> sockets) {
    if (sockets.size() != 1 || !(sockets.get(0) instanceof InetSocketAddress socket)) {
      return null;
    }
    InetAddress address = socket.getAddress();
    return address == null || address.isAnyLocalAddress() ? null : address.getHostAddress();
  }

  private void notify(Consumer<ServerListener> call) {
    listeners.orderedStream().forEach(call);
  }
}
