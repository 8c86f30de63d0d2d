package dev.platform.order.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

class PlatformViewConfigurationTest {

  @Test
  void anAppThatDoesNotExposeThePlatformEndpointStartsWithoutTheView() {
    new WebApplicationContextRunner()
        .withUserConfiguration(PlatformViewConfiguration.class, PlatformController.class)
        .withPropertyValues("management.endpoints.web.exposure.include=health")
        .run(
            app ->
                assertThat(app)
                    .hasNotFailed()
                    .doesNotHaveBean(PlatformOverview.class)
                    .doesNotHaveBean(PlatformController.class));
  }
}
