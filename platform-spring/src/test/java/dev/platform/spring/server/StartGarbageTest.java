package dev.platform.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Configuration;

class StartGarbageTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void collectsGarbageAfterTheStartIfConfigured(boolean asked) {
    WeakReference<Object> garbage = new WeakReference<>(new Object());
    try (var app =
        new SpringApplicationBuilder(App.class)
            .web(WebApplicationType.NONE)
            .properties("platform.start.collect-garbage=" + asked)
            .run()) {
      assertThat(app.getBeanNamesForType(ApplicationListener.class))
          .filteredOn("startGarbageCollection"::equals)
          .hasSize(asked ? 1 : 0);
      if (asked) {
        assertThat(garbage.get()).isNull();
      }
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(StartAutoConfiguration.class)
  static class App {}
}
