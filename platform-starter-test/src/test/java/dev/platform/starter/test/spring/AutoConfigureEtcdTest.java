package dev.platform.starter.test.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

@SpringJUnitConfig(AutoConfigureEtcdTest.App.class)
@AutoConfigureEtcd
class AutoConfigureEtcdTest {

  private static final String DELAY = "platform.drain.delay";

  @Autowired EmbeddedEtcd etcd;

  @Value("${platform.etcd.endpoints}")
  String endpoints;

  @Test
  void connectsTheContextToItsOwnServer() {
    assertThat(etcd.isRunning()).isTrue();
    assertThat(endpoints).isEqualTo(etcd.endpoint().toString());
  }

  @Test
  void closesTheServerWithTheContext() {
    GenericApplicationContext context = new GenericApplicationContext();
    new EtcdContextCustomizer().customizeContext(context, mergedConfiguration());
    context.refresh();
    EmbeddedEtcd own = context.getBean(EmbeddedEtcd.class);
    assertThat(own.isRunning()).isTrue();
    assertThat(own.port()).isNotEqualTo(etcd.port());

    context.close();

    assertThat(own.isRunning()).isFalse();
  }

  @Test
  void closesTheServerOfAContextThatFailsToStart() {
    GenericApplicationContext context = new GenericApplicationContext();
    new EtcdContextCustomizer().customizeContext(context, mergedConfiguration());
    EmbeddedEtcd[] own = new EmbeddedEtcd[1];
    context.addBeanFactoryPostProcessor(
        beans -> {
          own[0] = beans.getBean(EmbeddedEtcd.class);
          throw new IllegalStateException("no start today");
        });

    assertThat(org.assertj.core.api.Assertions.catchThrowable(context::refresh)).isNotNull();

    assertThat(own[0].isRunning()).isFalse();
  }

  @Test
  void isActiveOnlyWithTheAnnotationAndEqualForSpringsCache() {
    var factory = new EtcdContextCustomizerFactory();
    ContextCustomizer mine = factory.createContextCustomizer(getClass(), java.util.List.of());
    ContextCustomizer again = factory.createContextCustomizer(Inner.class, java.util.List.of());

    assertThat(mine).isNotNull().isEqualTo(new EtcdContextCustomizer());
    assertThat(factory.createContextCustomizer(String.class, java.util.List.of())).isNull();
    assertThat(again).isEqualTo(mine);
  }

  @Test
  void contextsCloseWithoutADelayForCallersUnlessTheApplicationSetsOne() {
    assertThat(drainDelay()).isEqualTo("0s");

    assertThat(drainDelay(new MapPropertySource("application", Map.of(DELAY, "3s"))))
        .isEqualTo("3s");
    // Where Spring Boot and the platform keep their defaults.
    assertThat(drainDelay(new MapPropertySource("defaultProperties", Map.of(DELAY, "1s"))))
        .isEqualTo("0s");
  }

  private String drainDelay(MapPropertySource... sources) {
    try (GenericApplicationContext context = new GenericApplicationContext()) {
      for (MapPropertySource source : sources) {
        context.getEnvironment().getPropertySources().addLast(source);
      }
      new EtcdContextCustomizer().customizeContext(context, mergedConfiguration());
      context.refresh();
      return context.getEnvironment().getProperty(DELAY);
    }
  }

  private MergedContextConfiguration mergedConfiguration() {
    return new MergedContextConfiguration(getClass(), null, null, null, null);
  }

  @Configuration
  static class App {}

  static class Inner extends AutoConfigureEtcdTest {}
}
