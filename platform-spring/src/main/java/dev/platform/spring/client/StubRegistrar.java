package dev.platform.spring.client;

import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/** Registers the stubs of {@link ImportStubs} before any bean is created. */
final class StubRegistrar implements ImportBeanDefinitionRegistrar {

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata importing, BeanDefinitionRegistry registry) {
    Stream.concat(once(importing), repeated(importing))
        .forEach(imported -> register(imported, importing.getClassName(), registry));
  }

  private static Stream<MergedAnnotation<ImportStubs>> once(AnnotationMetadata importing) {
    return importing.getAnnotations().stream(ImportStubs.class);
  }

  /** The metadata does not look into containers by itself. */
  private static Stream<MergedAnnotation<ImportStubs>> repeated(AnnotationMetadata importing) {
    return importing.getAnnotations().stream(ImportStubs.All.class)
        .flatMap(all -> Arrays.stream(all.getAnnotationArray("value", ImportStubs.class)));
  }

  private static void register(
      MergedAnnotation<ImportStubs> imported, String where, BeanDefinitionRegistry registry) {
    String target = imported.getString("target");
    Class<?>[] types = imported.getClassArray("types");
    Assert.state(
        StringUtils.hasText(target) && types.length > 0,
        () -> "@ImportStubs on %s needs a target and at least one type".formatted(where));
    for (Class<?> type : types) {
      String name = target + "/" + type.getName();
      if (!registry.containsBeanDefinition(name)) {
        registry.registerBeanDefinition(name, definition(target, type));
      }
    }
  }

  private static RootBeanDefinition definition(String target, Class<?> type) {
    RootBeanDefinition stub = new RootBeanDefinition(StubFactoryBean.class);
    stub.setTargetType(ResolvableType.forClassWithGenerics(StubFactoryBean.class, type));
    stub.setAttribute(FactoryBean.OBJECT_TYPE_ATTRIBUTE, type);
    stub.getConstructorArgumentValues().addIndexedArgumentValue(0, target);
    stub.getConstructorArgumentValues().addIndexedArgumentValue(1, type, Class.class.getName());
    stub.setLazyInit(true);
    return stub;
  }
}
