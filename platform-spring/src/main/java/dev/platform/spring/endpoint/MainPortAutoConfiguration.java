package dev.platform.spring.endpoint;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * On Spring MVC, keeps the read-only endpoint {@code platform} on the port of the application when
 * the actuator has a port of its own. {@code
 * management.endpoint.health.probes.add-additional-paths} does the same for liveness and readiness.
 */
@AutoConfiguration(after = PlatformEndpointAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnManagementPort.class)
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
@ConditionalOnBean(PlatformEndpoint.class)
public final class MainPortAutoConfiguration {

  private static final String BASE_PATH = "${management.endpoints.web.base-path:/actuator}";

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = Type.SERVLET)
  @ConditionalOnClass(RouterFunctions.class)
  static class OnServlet {

    @Bean
    RouterFunction<ServerResponse> platformOnMainPort(
        PlatformEndpoint endpoint, @Value(BASE_PATH) String base) {
      return RouterFunctions.route()
          .GET(base + "/platform", request -> ServerResponse.ok().body(endpoint.platform()))
          .build();
    }
  }
}
