package dev.platform.starter;

import dev.platform.spring.server.ServerListener;
import java.util.Objects;
import java.util.function.Consumer;
import net.devh.boot.grpc.server.event.GrpcServerShutdownEvent;
import net.devh.boot.grpc.server.event.GrpcServerStartedEvent;
import net.devh.boot.grpc.server.event.GrpcServerTerminatedEvent;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.SmartApplicationListener;

/** Passes the events of net.devh's gRPC server and of Boot's web server on. */
final class ServerEvents implements SmartApplicationListener {

  private final ObjectProvider<ServerListener> listeners;

  ServerEvents(ObjectProvider<ServerListener> listeners) {
    this.listeners = listeners;
  }

  @Override
  public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
    return GrpcServerStartedEvent.class.isAssignableFrom(type)
        || GrpcServerShutdownEvent.class.isAssignableFrom(type)
        || GrpcServerTerminatedEvent.class.isAssignableFrom(type)
        || WebServerInitializedEvent.class.isAssignableFrom(type);
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof GrpcServerStartedEvent started) {
      int port = Math.max(0, started.getServer().getPort());
      notify(each -> each.grpcServerStarted(started.getServer(), port, started.getAddress()));
    } else if (event instanceof GrpcServerShutdownEvent stopping) {
      notify(each -> each.grpcServerStopping(stopping.getServer()));
    } else if (event instanceof GrpcServerTerminatedEvent) {
      notify(ServerListener::grpcServerStopped);
    } else if (event instanceof WebServerInitializedEvent started
        && !Objects.equals(started.getApplicationContext().getServerNamespace(), "management")) {
      notify(each -> each.webServerStarted(started.getWebServer().getPort()));
    }
  }

  private void notify(Consumer<ServerListener> call) {
    listeners.orderedStream().forEach(call);
  }
}
