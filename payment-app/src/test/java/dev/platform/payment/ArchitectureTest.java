package dev.platform.payment;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.platform.payment", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule theDomainIsPlainJava =
      classes()
          .that()
          .resideInAPackage("dev.platform.payment..domain..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.platform.payment..domain..", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule theDomainKnowsNoSql =
      noClasses()
          .that()
          .resideInAPackage("dev.platform.payment..domain..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "javax.sql..");

  @ArchTest
  static final ArchRule persistenceKnowsTheDomainOnly =
      noClasses()
          .that()
          .resideInAPackage("dev.platform.payment..persistence..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.platform.payment..api..",
              "dev.platform.payment.client..",
              "dev.platform.contracts..",
              "io.grpc..");

  @ArchTest
  static final ArchRule theApiReachesTablesAndTheBankThroughTheDomainOnly =
      noClasses()
          .that()
          .resideInAPackage("dev.platform.payment..api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.platform.payment..persistence..",
              "dev.platform.payment.client..",
              "java.sql..",
              "org.springframework.jdbc..");

  @ArchTest
  static final ArchRule theClientKnowsTheDomainOnly =
      noClasses()
          .that()
          .resideInAPackage("dev.platform.payment.client..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.platform.payment..api..", "dev.platform.payment..persistence..");

  @ArchTest
  static final ArchRule theBankIsReachedOverGrpcOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.platform.payment.bank..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.platform.payment.bank..");
}
