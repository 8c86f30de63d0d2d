package dev.platform.starter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

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
@AnalyzeClasses(packages = "dev.platform.starter", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

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
          .haveSimpleNameEndingWith("Properties")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nothingIsInjectedIntoFields =
      noFields().should().beAnnotatedWith(Autowired.class).orShould().beAnnotatedWith(Value.class);

  @ArchTest
  static final ArchRule namesTellARole =
      classes().should().haveNameNotMatching(".*(Utils?|Helper|Manager|Impl|Common|Misc)");
}
