package dev.platform.starter.test.spring;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import java.util.Map;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Starts an etcd for a context. All are equal, so that otherwise equal contexts share an entry of
 * Spring's cache.
 */
record EtcdContextCustomizer() implements ContextCustomizer {

  private static final String NAME = "embeddedEtcd";

  @Override
  public void customizeContext(
      ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
    EmbeddedEtcd etcd = EmbeddedEtcd.builder().build();
    etcd.start();
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                NAME, Map.of("platform.etcd.endpoints", etcd.endpoint().toString())));
    // Not a bean definition: a context that fails to start would never create the bean, nor close
    // it.
    var beans = (DefaultListableBeanFactory) context.getBeanFactory();
    beans.registerSingleton(NAME, etcd);
    beans.registerDisposableBean(NAME, etcd::close);
  }
}
