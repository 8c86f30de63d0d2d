package dev.platform.tests.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import dev.platform.tests.line.TestGrpcService;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;

/** An application with a decoder, rules and method security, behind a mesh. */
@Tag("spring-security")
@ExtendWith(OutputCaptureExtension.class)
class SecuredCallsTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  /** {@code {"alg":"RS256"}}: the decoder reads the rest. */
  private static final String HEADER = "eyJhbGciOiJSUzI1NiJ9.";

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
                "60s",
                "platform.security.transport.mode",
                "plaintext",
                "platform.security.user.audiences",
                "mall",
                "platform.security.authorization.rules[inventory.v1.InventoryService/*].user",
                "required",
                "platform.security.authorization.rules[grpc.health.v1.Health/*].callers",
                "any"),
            context -> {
              GenericApplicationContext beans = (GenericApplicationContext) context;
              beans.registerBean(MethodSecurity.class);
              beans.registerBean(Vault.class);
              beans.registerBean(GuardedStock.class);
              beans.registerBean(Tokens.class);
              beans.registerBean(Roles.class);
            });
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void methodSecurityKnowsTheUser() {
    assertThat(stub(HEADER + "ann.KEEPER.mall").reserve(ReserveRequest.getDefaultInstance()))
        .isNotNull();

    Authentication seen = app.getBean(GuardedStock.class).seen.remove();
    assertThat(seen.getName()).isEqualTo("ann");
    assertThat(seen.getClass().getSimpleName()).isEqualTo("JwtAuthenticationToken");
    assertThat(seen.getAuthorities()).extracting(GrantedAuthority::getAuthority).contains("ROLE_KEEPER");
    assertThat(app.getBean(GuardedStock.class).seenByTasks.remove()).isEqualTo("ann");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "ann.GUEST.mall | PERMISSION_DENIED: Access denied",
        "- | UNAUTHENTICATED: authentication required: user",
        "ann.KEEPER.bank | UNAUTHENTICATED: authentication failed: the token is for another audience",
        "ann | UNAUTHENTICATED: authentication failed: the token is not valid"
      })
  void othersAreRefusedAndNothingIsCountedAgainstTheService(
      String token, String message, CapturedOutput output) {
    InventoryServiceBlockingStub stub = stub(token == null ? null : HEADER + token);

    for (int i = 0; i < 8; i++) {
      assertThat(
              catchThrowableOfType(
                  StatusRuntimeException.class,
                  () -> stub.reserve(ReserveRequest.getDefaultInstance())))
          .hasMessage(message);
    }
    assertThat(app.getBean(CircuitBreakerRegistry.class).circuitBreaker("vault").getState())
        .isEqualTo(CircuitBreaker.State.CLOSED);
    assertThat(output).doesNotContain(" ERROR ", "ann.KEEPER");
  }

  @Test
  void theContextEndsWithTheCall() {
    assertThat(stub(HEADER + "ann.KEEPER.mall").reserve(ReserveRequest.getDefaultInstance()))
        .isNotNull();
    app.getBean(GuardedStock.class).seen.clear();

    assertThat(
            catchThrowableOfType(
                StatusRuntimeException.class,
                () -> stub(null).reserve(ReserveRequest.getDefaultInstance())))
        .isNotNull();
    assertThat(app.getBean(GuardedStock.class).seen).isEmpty();
    assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
  }

  private static InventoryServiceBlockingStub stub(String token) {
    var stub = InventoryServiceGrpc.newBlockingStub(Line.channel(app, "vault"));
    if (token == null) {
      return stub;
    }
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /**
   * {@code <subject>.<role>.<audience>} is the payload and the signature. A class of its own, since
   * JUnit reads the methods of the test where there is no Spring Security, too.
   */
  static class Tokens implements JwtDecoder {

    @Override
    public Jwt decode(String token) {
      String[] parts = token.split("\\.");
      if (parts.length != 4) {
        throw new BadJwtException("Malformed token");
      }
      return Jwt.withTokenValue(token)
          .header("alg", "RS256")
          .subject(parts[1])
          .claim("roles", List.of(parts[2]))
          .audience(List.of(parts[3]))
          .issuer("https://issuer.example")
          .expiresAt(Instant.now().plusSeconds(300))
          .build();
    }
  }

  /** On 4.1 Boot's own security of gRPC servers reads tokens, too, with scopes as authorities. */
  static class Roles extends JwtAuthenticationConverter {
    Roles() {
      setJwtGrantedAuthoritiesConverter(
          jwt ->
              List.of(new SimpleGrantedAuthority("ROLE_" + jwt.getClaimAsStringList("roles").get(0))));
    }
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

    final Queue<Authentication> seen = new ConcurrentLinkedQueue<>();
    final Queue<String> seenByTasks = new ConcurrentLinkedQueue<>();
    private final Vault vault;

    GuardedStock(Vault vault) {
      this.vault = vault;
    }

    @Override
    public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
      vault.open();
      seen.add(SecurityContextHolder.getContext().getAuthentication());
      CompletableFuture.runAsync(
              new ContextPropagatingTaskDecorator()
                  .decorate(
                      () ->
                          seenByTasks.add(
                              SecurityContextHolder.getContext().getAuthentication().getName())))
          .join();
      answer.onNext(ReserveResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
