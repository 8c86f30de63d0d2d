package dev.platform.dev.etcd;

import dev.platform.dev.hosting.SharedService;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/** Hosts or joins the machine's development etcd. */
@AutoConfiguration
@ConditionalOnProperty(name = "platform.dev.etcd.enabled", matchIfMissing = true)
@Conditional(OnLoopbackEtcd.class)
@EnableConfigurationProperties(DevEtcdProperties.class)
public final class DevEtcdAutoConfiguration {

  private static final String BEAN = "platformDevEtcd";

  @Bean(name = BEAN, initMethod = "start", destroyMethod = "close")
  static SharedService platformDevEtcd(Environment environment) {
    return DevEtcd.at(environment);
  }

  /** Created before all other beans, and closed after them. */
  @Bean
  static BeanFactoryPostProcessor platformDevEtcdFirst() {
    return factory -> factory.getBean(BEAN);
  }
}
