package dev.platform.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Architecture rules that the compiler doesn't check. */
@AnalyzeClasses(
    packages = {"dev.platform.spring", "dev.platform.core"},
    importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.platform.spring.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule coreKnowsNothingOfSpring =
      noClasses()
          .that()
          .resideInAPackage("dev.platform.core..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.platform.spring..", "org.springframework..");

  @ArchTest
  static final ArchRule eitherLineOfSpringBootCanUseIt =
      noClasses()
          .that()
          .resideInAPackage("dev.platform.spring..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "net.devh..", "org.springframework.grpc..", "org.springframework.boot.grpc..");

  @ArchTest
  static final ArchRule autoConfigurationsArePublicFinalAndNamedSo =
      classes()
          .that()
          .areAnnotatedWith(AutoConfiguration.class)
          .should()
          .bePublic()
          .andShould()
          .haveModifier(JavaModifier.FINAL)
          .andShould()
          .haveSimpleNameEndingWith("AutoConfiguration");

  @ArchTest
  static final ArchRule beanMethodsArePackagePrivate =
      methods().that().areAnnotatedWith(Bean.class).should().bePackagePrivate();

  @ArchTest
  static final ArchRule propertiesAreRecords =
      classes()
          .that()
          .areAnnotatedWith(ConfigurationProperties.class)
          .should()
          .beRecords()
          .andShould()
          .haveSimpleNameEndingWith("Properties");

  @ArchTest
  static final ArchRule nothingIsInjectedIntoFields =
      noFields().should().beAnnotatedWith(Autowired.class).orShould().beAnnotatedWith(Value.class);

  @ArchTest
  static final ArchRule namesTellARole =
      classes().should().haveNameNotMatching(".*(Utils?|Helper|Manager|Impl|Common|Misc)");
}
