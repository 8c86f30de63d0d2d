package dev.platform.boot4;

import dev.platform.spring.server.ServerListener;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/** Passes the events of Boot's web server on. A pure gRPC application does not have its module. */
@AutoConfiguration
@ConditionalOnClass(WebServerInitializedEvent.class)
public final class WebServerAutoConfiguration {

  @Bean
  WebServerEvents webServerEvents(ObjectProvider<ServerListener> listeners) {
    return new WebServerEvents(listeners);
  }

  private record WebServerEvents(ObjectProvider<ServerListener> listeners)
      implements ApplicationListener<WebServerInitializedEvent> {

    @Override
    public void onApplicationEvent(WebServerInitializedEvent started) {
      String namespace = started.getApplicationContext().getServerNamespace();
      if (!Objects.equals(namespace, "management")) {
        int port = started.getWebServer().getPort();
        listeners.orderedStream().forEach(each -> each.webServerStarted(port));
      }
    }
  }
}
