package dev.platform.tests.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import dev.platform.tests.line.TestGrpcService;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;

/** Spring Security refuses within the handler, behind all interceptors. */
@Tag("spring-security")
@ExtendWith(OutputCaptureExtension.class)
class SecurityRefusalsTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private static ConfigurableApplicationContext app;

  @BeforeAll
  static void start() {
    app =
        TestApp.start(
            Map.of(
                "platform.etcd.endpoints",
                etcd.endpoint().toString(),
                "spring.application.name",
                "vault",
                "platform.discovery.wait-for-first-list",
                "30s",
                "platform.deadline.default-timeout",
                "60s"),
            context -> {
              GenericApplicationContext beans = (GenericApplicationContext) context;
              beans.registerBean(MethodSecurity.class);
              beans.registerBean(Vault.class);
              beans.registerBean(GuardedStock.class);
            });
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @ParameterizedTest
  @CsvSource({
    "denied, PERMISSION_DENIED, Access denied",
    "unknown, UNAUTHENTICATED, Authentication failed",
    "passed-on, PERMISSION_DENIED, Access denied",
    "guest, PERMISSION_DENIED, Access denied",
    "nobody, UNAUTHENTICATED, Authentication failed"
  })
  void areStatusesOfTheCallerAndNoFailuresOfTheService(
      String user, Status.Code code, String description, CapturedOutput output) {
    var stub = InventoryServiceGrpc.newBlockingStub(Line.channel(app, "vault"));
    ReserveRequest request = ReserveRequest.newBuilder().setReservationId(user).build();

    // More than the failures in a row that open a breaker.
    for (int i = 0; i < 8; i++) {
      Status status =
          catchThrowableOfType(StatusRuntimeException.class, () -> stub.reserve(request))
              .getStatus();
      assertThat(status.getCode()).isEqualTo(code);
      assertThat(status.getDescription()).isEqualTo(description);
    }

    assertThat(output)
        .doesNotContain(
            " ERROR ",
            "AccessDeniedException",
            "BadCredentialsException",
            "AuthenticationCredentialsNotFoundException");
    assertThat(app.getBean(CircuitBreakerRegistry.class).circuitBreaker("vault").getState())
        .isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @EnableMethodSecurity
  static class MethodSecurity {}

  /** A user's bean that Spring Security guards. */
  static class Vault {
    @PreAuthorize("hasRole('KEEPER')")
    public void open() {}
  }

  @TestGrpcService
  static class GuardedStock extends InventoryServiceImplBase {

    private final Vault vault;

    GuardedStock(Vault vault) {
      this.vault = vault;
    }

    @Override
    public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
      switch (request.getReservationId()) {
        case "denied" -> throw new AccessDeniedException("needs ROLE_KEEPER");
        case "unknown" -> throw new BadCredentialsException("no such user");
        case "passed-on" -> answer.onError(new AccessDeniedException("needs ROLE_KEEPER"));
        case "guest" -> openAs(new TestingAuthenticationToken("guest", "", "ROLE_GUEST"));
        default -> vault.open();
      }
    }

    private void openAs(TestingAuthenticationToken user) {
      SecurityContextHolder.getContext().setAuthentication(user);
      try {
        vault.open();
      } finally {
        SecurityContextHolder.clearContext();
      }
    }
  }
}
