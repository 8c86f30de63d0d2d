package dev.platform.spring.line;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Refuses to start on a version of Spring Boot that the starter does not support, and with two
 * starters at once. Runs before any class of a starter is loaded, which would fail for moved
 * classes. Both generations of Spring Boot publish this event.
 */
final class StarterCheck
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    check(
        StarterLine.onClassPath(
            Objects.requireNonNull(event.getSpringApplication().getClassLoader())),
        SpringBootVersion.getVersion());
  }

  static void check(List<StarterLine> found, String springBoot) {
    Optional<StarterLine> right =
        StarterLine.known().stream().filter(line -> line.fits(springBoot)).findFirst();
    if (found.size() > 1) {
      throw new WrongStarterException(
          String.join(" and ", found.stream().map(StarterLine::artifact).toList())
              + " are both on the class path",
          "Keep %s alone, for Spring Boot %s."
              .formatted(right.map(StarterLine::artifact).orElse("one of them"), springBoot));
    }
    for (StarterLine starter : found) {
      if (!starter.fits(springBoot)) {
        throw new WrongStarterException(
            "%s is for Spring Boot %s, and Spring Boot %s is on the class path"
                .formatted(starter.artifact(), starter.springBoot(), springBoot),
            right
                .map(line -> "Depend on %s instead.".formatted(line.artifact()))
                .orElse("Use Spring Boot %s.".formatted(starter.springBoot())));
      }
    }
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
