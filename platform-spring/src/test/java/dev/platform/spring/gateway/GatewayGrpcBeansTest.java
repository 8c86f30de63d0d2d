package dev.platform.spring.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;

/** The gateway itself is started by compat/gateway. */
class GatewayGrpcBeansTest {

  private static final String GATEWAY =
      "org.springframework.cloud.gateway.config.GatewayAutoConfiguration";

  private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();

  @Test
  void removesWhatTheGatewayCannotCreate() {
    define("jsonToGRPCFilterFactory", GATEWAY);
    define("grpcSslConfigurer", GATEWAY);
    define("gRPCRequestHeadersFilter", GATEWAY);

    new GatewayGrpcBeans().postProcessBeanDefinitionRegistry(beans);

    assertThat(beans.getBeanDefinitionNames()).containsExactly("gRPCRequestHeadersFilter");
  }

  @Test
  void keepsBeansOfTheApplicationWithThoseNames() {
    define("grpcSslConfigurer", "application");

    new GatewayGrpcBeans().postProcessBeanDefinitionRegistry(beans);

    assertThat(beans.containsBeanDefinition("grpcSslConfigurer")).isTrue();
  }

  private void define(String name, String factory) {
    RootBeanDefinition definition = new RootBeanDefinition();
    definition.setFactoryBeanName(factory);
    definition.setFactoryMethodName(name);
    beans.registerBeanDefinition(name, definition);
  }
}
