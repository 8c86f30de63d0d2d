package dev.platform.tests.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;

/** Wherever the platform's bean backs off, an application can define its own bean. */
class BackOffPointsTest {

  static Stream<Method> backOffPoints() {
    return ImportCandidates.load(AutoConfiguration.class, BackOffPointsTest.class.getClassLoader())
        .getCandidates()
        .stream()
        .filter(name -> name.startsWith("dev.platform."))
        .map(name -> ClassUtils.resolveClassName(name, BackOffPointsTest.class.getClassLoader()))
        .flatMap(type -> Stream.concat(Stream.of(type), Arrays.stream(type.getDeclaredClasses())))
        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .filter(method -> method.isAnnotationPresent(Bean.class))
        .filter(method -> method.isAnnotationPresent(ConditionalOnMissingBean.class));
  }

  @ParameterizedTest
  @MethodSource("backOffPoints")
  void anApplicationCanDefineABeanOfTheType(Method backOffPoint) {
    ConditionalOnMissingBean condition = backOffPoint.getAnnotation(ConditionalOnMissingBean.class);
    Class<?>[] named = condition.value();
    for (Class<?> type :
        named.length == 0 ? new Class<?>[] {backOffPoint.getReturnType()} : named) {
      assertThat(Modifier.isPublic(type.getModifiers())).as("%s is public", type).isTrue();
      assertThat(isCreatableByUsers(type))
          .as("%s can be implemented or constructed", type)
          .isTrue();
    }
  }

  private static boolean isCreatableByUsers(Class<?> type) {
    boolean implemented = type.isInterface();
    boolean constructed =
        Arrays.stream(type.getDeclaredConstructors())
            .map(Constructor::getModifiers)
            .anyMatch(Modifier::isPublic);
    boolean given =
        Arrays.stream(type.getDeclaredMethods())
            .filter(method -> Modifier.isStatic(method.getModifiers()))
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .anyMatch(
                method ->
                    method.getReturnType() == type
                        || method.getReturnType().getSimpleName().endsWith("Builder"));
    return implemented || constructed || given;
  }
}
