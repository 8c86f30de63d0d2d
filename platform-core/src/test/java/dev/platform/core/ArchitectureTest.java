package dev.platform.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;

/** Architecture rules that the compiler doesn't check. */
@AnalyzeClasses(packages = "dev.platform.core", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.platform.core.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule neitherSpringNorWhatSpringBringsIsNeeded =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.platform.spring..",
              "dev.platform.starter..",
              "org.springframework..",
              "net.devh..",
              "com.fasterxml..",
              "io.opentelemetry.sdk..");

  @ArchTest
  static final ArchRule namesTellARole =
      classes().should().haveNameNotMatching(".*(Utils?|Helper|Manager|Impl|Common|Misc)");

  @ArchTest
  static final ArchRule timeThreadsAndRandomnessAreHandedIn =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.platform.core.concurrent.Threads$1")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(ThreadLocalRandom.class, "current")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Executors.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ScheduledThreadPoolExecutor.class);
}
