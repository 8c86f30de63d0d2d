package dev.platform.spring.gateway;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;

/** Removes those beans of Spring Cloud Gateway that cannot be created without grpc-netty. */
final class GatewayGrpcBeans implements BeanDefinitionRegistryPostProcessor {

  private static final Logger log = LoggerFactory.getLogger(GatewayGrpcBeans.class);

  private static final String GATEWAY =
      "org.springframework.cloud.gateway.config.GatewayAutoConfiguration";
  private static final List<String> BEANS = List.of("jsonToGRPCFilterFactory", "grpcSslConfigurer");

  @Override
  public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
    for (String bean : BEANS) {
      if (registry.containsBeanDefinition(bean)
          && GATEWAY.equals(registry.getBeanDefinition(bean).getFactoryBeanName())) {
        registry.removeBeanDefinition(bean);
        log.debug("Without io.grpc:grpc-netty, Spring Cloud Gateway has no {}", bean);
      }
    }
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {}
}
