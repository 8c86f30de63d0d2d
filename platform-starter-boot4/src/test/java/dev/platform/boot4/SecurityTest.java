package dev.platform.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.starter.test.junit.EtcdExtension;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.security.AuthenticationProcessInterceptor;
import org.springframework.grpc.server.security.GrpcSecurity;
import org.springframework.security.config.Customizer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

/** Spring Security around a service; it is on the class path of this test alone. */
@Tag("spring-security")
class SecurityTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void unauthenticatedCallsAreCountedButDoNotConsumeLimits() throws Exception {
    Map<String, String> properties =
        Map.of(
            "platform.etcd.endpoints", etcd.endpoint().toString(),
            "platform.resilience.rate-limit.server", "all",
            "resilience4j.ratelimiter.instances.all.limit-for-period", "10",
            "resilience4j.ratelimiter.instances.all.limit-refresh-period", "1h");
    try (ConfigurableApplicationContext app = Shop.start(properties, Secured.class)) {
      RecommendationServiceBlockingStub stub =
          RecommendationServiceGrpc.newBlockingStub(
              app.getBean(GrpcChannelFactory.class).createChannel("shop"));

      assertThat(refusal(stub)).isEqualTo(Code.UNAUTHENTICATED);
      assertThat(refusal(as("ada", "wrong", stub))).isEqualTo(Code.UNAUTHENTICATED);
      assertThat(refusal(as("guest", "guest", stub))).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(permitted(app)).isEqualTo(10);
      assertThat(
              as("ada", "ada", stub)
                  .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
                  .getProductIds(0))
          .isEqualTo("one");
      assertThat(permitted(app)).isEqualTo(9);
      await()
          .untilAsserted(
              () -> {
                assertThat(timed(app, "UNAUTHENTICATED")).isEqualTo(2);
                assertThat(timed(app, "PERMISSION_DENIED")).isEqualTo(1);
              });
    }
  }

  private static Code refusal(RecommendationServiceBlockingStub stub) {
    return catchThrowableOfType(
            StatusRuntimeException.class,
            () -> stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance()))
        .getStatus()
        .getCode();
  }

  private static RecommendationServiceBlockingStub as(
      String user, String password, RecommendationServiceBlockingStub stub) {
    Metadata headers = new Metadata();
    headers.put(
        AUTHORIZATION,
        "Basic "
            + Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static int permitted(ConfigurableApplicationContext app) {
    return app.getBean(RateLimiterRegistry.class)
        .rateLimiter("all")
        .getMetrics()
        .getAvailablePermissions();
  }

  private static long timed(ConfigurableApplicationContext app, String status) {
    return app
        .getBean(MeterRegistry.class)
        .find("rpc.server.call.duration")
        .tag("rpc.response.status_code", status)
        .timers()
        .stream()
        .mapToLong(timer -> timer.count())
        .sum();
  }

  static class Secured {

    @Bean
    @GlobalServerInterceptor
    AuthenticationProcessInterceptor authentication(GrpcSecurity grpc) throws Exception {
      return grpc.authorizeRequests(
              calls ->
                  calls
                      .methods("recommendation.v1.RecommendationService/*")
                      .hasAuthority("ROLE_CUSTOMER")
                      .allRequests()
                      .permitAll())
          .httpBasic(Customizer.withDefaults())
          .build();
    }

    @Bean
    UserDetailsService users() {
      return new InMemoryUserDetailsManager(
          User.withUsername("ada").password("{noop}ada").roles("CUSTOMER").build(),
          User.withUsername("guest").password("{noop}guest").roles("GUEST").build());
    }
  }
}
