package dev.platform.dev.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.dev.FreePort;
import dev.platform.dev.hosting.SharedService;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class DevIssuerAutoConfigurationTest {

  private final int port = FreePort.find().getPort();
  private final String uri = "http://127.0.0.1:" + port;
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(DevIssuerAutoConfiguration.class));

  @Test
  void hostsTheIssuerOfAnAppThatExpectsOneOnThisMachine() {
    runner
        .withPropertyValues(DevIssuer.PROPERTY + "=" + uri)
        .run(
            context -> {
              assertThat(context.getBean(SharedService.class).hosting()).isTrue();
              assertThat(TokenClient.token(uri, "ana", "")).isNotEmpty();
            });
    assertThat(FreePort.accepts(port)).isFalse();
  }

  @Test
  void ignoresAnAppWithoutOneOrWithAnotherOne() {
    runner.run(context -> assertThat(context).doesNotHaveBean(SharedService.class));
    for (String other :
        new String[] {
          "https://issuer.example", "http://127.0.0.1/realms/mall", "http://10.0.0.1:9"
        }) {
      runner
          .withPropertyValues(DevIssuer.PROPERTY + "=" + other)
          .run(context -> assertThat(context).doesNotHaveBean(SharedService.class));
    }
  }

  @Test
  void canBeDisabled() {
    runner
        .withPropertyValues(DevIssuer.PROPERTY + "=" + uri, "platform.dev.issuer.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(SharedService.class));
  }

  @Test
  void refusesALifetimeThatIsNone() {
    runner
        .withPropertyValues(
            DevIssuer.PROPERTY + "=" + uri, "platform.dev.issuer.token-lifetime=25h")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("platform.dev.issuer.token-lifetime: PT25H"));
  }
}
