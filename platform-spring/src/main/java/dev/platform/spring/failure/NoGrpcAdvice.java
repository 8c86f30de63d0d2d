package dev.platform.spring.failure;

import java.lang.annotation.Annotation;
import java.util.List;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/** Matches where no bean maps exceptions by the annotation of either gRPC framework. */
final class NoGrpcAdvice implements ConfigurationCondition {

  private static final List<String> ANNOTATIONS =
      List.of(
          "net.devh.boot.grpc.server.advice.GrpcAdvice",
          "org.springframework.grpc.server.advice.GrpcAdvice");

  @Override
  public ConfigurationPhase getConfigurationPhase() {
    return ConfigurationPhase.REGISTER_BEAN;
  }

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    ConfigurableListableBeanFactory beans = context.getBeanFactory();
    ClassLoader classes = context.getClassLoader();
    return beans == null
        || ANNOTATIONS.stream()
            .filter(name -> ClassUtils.isPresent(name, classes))
            .map(name -> ClassUtils.resolveClassName(name, classes).asSubclass(Annotation.class))
            .allMatch(advice -> beans.getBeanNamesForAnnotation(advice).length == 0);
  }
}
