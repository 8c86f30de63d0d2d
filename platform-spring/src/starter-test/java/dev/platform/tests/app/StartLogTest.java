package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.starter.test.junit.EtcdExtension;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;

/** What a start logs. */
@ExtendWith(OutputCaptureExtension.class)
class StartLogTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void hasNoLineOfLibrariesThatAPlainApplicationHasNot(CapturedOutput output) {
    try (var app = TestApp.startWithWeb(properties())) {
      assertThat(app.isActive()).isTrue();
    }
    assertThat(output).doesNotContain("Bean Validation");
  }

  @Test
  void aFailedStartOfAWebApplicationReportsTheFailureAlone(CapturedOutput output) {
    assertThatThrownBy(
            () ->
                TestApp.startWithWeb(
                    properties(),
                    context ->
                        ((GenericApplicationContext) context)
                            .registerBean("broken", SmartInitializingSingleton.class, Broken::new)))
        .hasStackTraceContaining("broken on purpose");
    assertThat(output).doesNotContain("has failed to stop it");
  }

  private static final class Broken implements SmartInitializingSingleton {

    @Override
    public void afterSingletonsInstantiated() {
      throw new IllegalStateException("broken on purpose");
    }
  }

  private static Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("spring.application.name", "log");
    properties.put("logging.level.org.springframework.boot.validation", "info");
    properties.put("logging.level.org.springframework.validation", "info");
    return properties;
  }
}
