package dev.platform.inventory;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.platform.inventory", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule theDomainIsPlainJava =
      classes()
          .that()
          .resideInAPackage("..inventory.domain..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.platform.inventory.domain..", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule theDomainKnowsNoSql =
      noClasses()
          .that()
          .resideInAPackage("..inventory.domain..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "javax.sql..");

  @ArchTest
  static final ArchRule persistenceKnowsTheDomainOnly =
      noClasses()
          .that()
          .resideInAPackage("..inventory.persistence..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..inventory.api..", "dev.platform.contracts..", "io.grpc..");

  @ArchTest
  static final ArchRule theApiReachesTablesThroughTheDomainOnly =
      noClasses()
          .that()
          .resideInAPackage("..inventory.api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..inventory.persistence..", "java.sql..", "org.springframework.jdbc..");
}
