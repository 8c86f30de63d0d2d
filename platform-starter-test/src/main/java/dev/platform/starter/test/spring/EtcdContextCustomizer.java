package dev.platform.starter.test.spring;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import java.util.Map;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Starts an etcd for a context. All are equal, so that otherwise equal contexts share an entry of
 * Spring's cache.
 */
record EtcdContextCustomizer() implements ContextCustomizer {

  private static final String NAME = "embeddedEtcd";

  /** Spring Boot's default properties; the platform adds its own to them. */
  private static final String PLATFORM_DEFAULTS = "defaultProperties";

  @Override
  public void customizeContext(
      ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
    EmbeddedEtcd etcd = EmbeddedEtcd.builder().build();
    etcd.start();
    MutablePropertySources sources = context.getEnvironment().getPropertySources();
    sources.addFirst(
        new MapPropertySource(NAME, Map.of("platform.etcd.endpoints", etcd.endpoint().toString())));
    addDefaults(sources);
    // Not a bean definition: a context that fails to start would never create the bean, nor close
    // it.
    var beans = (DefaultListableBeanFactory) context.getBeanFactory();
    beans.registerSingleton(NAME, etcd);
    beans.registerDisposableBean(NAME, etcd::close);
  }

  /** Below everything that the application or the test sets, above the platform's defaults. */
  private static void addDefaults(MutablePropertySources sources) {
    MapPropertySource defaults =
        new MapPropertySource(NAME + "Defaults", Map.of("platform.drain.delay", "0s"));
    if (sources.contains(PLATFORM_DEFAULTS)) {
      sources.addBefore(PLATFORM_DEFAULTS, defaults);
    } else {
      sources.addLast(defaults);
    }
  }
}
