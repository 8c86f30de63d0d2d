package dev.platform.tests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceFutureStub;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceStub;
import dev.platform.spring.client.ImportStubs;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** Stubs for constructors, in an app that calls itself. */
@ExtendWith(OutputCaptureExtension.class)
class ImportStubsTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void stubsOfAllKindsAreInjectedIntoABeanThatIsDefinedBeforeTheirImport(CapturedOutput output) {
    try (var app =
        TestApp.start(
            Map.of(
                "spring.application.name",
                "self",
                "platform.etcd.endpoints",
                etcd.endpoint().toString(),
                "platform.deadline.methods[recommendation.v1.RecommendationService]",
                "50s"),
            context -> {
              var reader = new AnnotatedBeanDefinitionReader((GenericApplicationContext) context);
              reader.register(Early.class, Late.class);
            })) {
      Caller caller = app.getBean(Caller.class);

      String left =
          caller
              .blocking()
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
              .getProductIds(1);

      assertThat(Long.parseLong(left)).isBetween(30_001L, 50_000L);
      assertThat(caller.future().getChannel()).isNotNull();
      assertThat(caller.async().getChannel()).isNotNull();
      assertThat(output).doesNotContain("platform.configuration-check");
    }
  }

  @Test
  void aStubWithoutAClientFrameworkSaysHowToReplaceIt() {
    new ApplicationContextRunner()
        .withUserConfiguration(Early.class, Late.class)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("replace the stub with @MockitoBean"));
  }

  @Test
  void anImportWithoutATargetIsRejected() {
    assertThatThrownBy(
            () -> {
              var context = new GenericApplicationContext();
              new AnnotatedBeanDefinitionReader(context).register(Nothing.class);
              context.refresh();
            })
        .hasMessageContaining("Nothing needs a target and at least one type");
  }

  record Caller(
      RecommendationServiceBlockingStub blocking,
      RecommendationServiceFutureStub future,
      RecommendationServiceStub async) {}

  @Configuration(proxyBeanMethods = false)
  static class Early {

    @Bean
    Caller caller(
        RecommendationServiceBlockingStub blocking,
        RecommendationServiceFutureStub future,
        RecommendationServiceStub async) {
      return new Caller(blocking, future, async);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportStubs(
      target = "self",
      types = {RecommendationServiceBlockingStub.class, RecommendationServiceFutureStub.class})
  @ImportStubs(target = "self", types = RecommendationServiceStub.class)
  static class Late {}

  @Configuration(proxyBeanMethods = false)
  @ImportStubs(target = "", types = RecommendationServiceStub.class)
  static class Nothing {}
}
