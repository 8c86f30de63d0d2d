package dev.platform.order;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.platform.order", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule theDomainKnowsNoFramework =
      classes()
          .that()
          .resideInAPackage("..order.domain..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.platform.order.domain..",
              "java.lang..",
              "java.util..",
              "java.time..",
              "java.security..",
              "java.nio.charset..",
              "org.jspecify.annotations..");

  @ArchTest
  static final ArchRule persistenceKnowsOnlyTheDomain =
      noClasses()
          .that()
          .resideInAPackage("..order.persistence..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..order.api..", "..order.client..", "io.grpc..", "dev.platform.contracts..");

  @ArchTest
  static final ArchRule clientsKnowOnlyTheDomain =
      noClasses()
          .that()
          .resideInAPackage("..order.client..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..order.api..", "..order.persistence..", "java.sql..");

  @ArchTest
  static final ArchRule servicesKnowOnlyTheDomain =
      noClasses()
          .that()
          .resideInAPackage("..order.api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..order.client..", "..order.persistence..", "java.sql..");

  @ArchTest
  static final ArchRule theEdgeKnowsOnlyTheContracts =
      noClasses()
          .that()
          .resideInAPackage("..order.edge..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..order.api..",
              "..order.client..",
              "..order.domain..",
              "..order.persistence..",
              "java.sql..");
}
