package dev.platform.tests.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.spring.chain.ChainOrder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.util.ClassUtils;

/**
 * Auto-configurations named in strings; a wrong name causes no error. Each name exists once per
 * Spring Boot line.
 */
class NamedClassesTest {

  @ParameterizedTest
  @MethodSource("configurations")
  void halfOfTheClassNamesInAutoConfigurationOrderExistOnThisLine(Class<?> configuration) {
    AutoConfiguration order = configuration.getAnnotation(AutoConfiguration.class);
    for (String[] names : List.of(order.afterName(), order.beforeName())) {
      List<String> here = Stream.of(names).filter(NamedClassesTest::isPresent).toList();
      assertThat(here).as(configuration.getName()).hasSize(names.length / 2);
    }
  }

  static Stream<Class<?>> configurations() {
    ClassLoader loader = ChainOrder.class.getClassLoader();
    return ImportCandidates.load(AutoConfiguration.class, loader).getCandidates().stream()
        .filter(name -> name.startsWith("dev.platform.spring."))
        .map(name -> ClassUtils.resolveClassName(name, loader));
  }

  private static boolean isPresent(String name) {
    return ClassUtils.isPresent(name, NamedClassesTest.class.getClassLoader());
  }
}
