package dev.platform.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.core.identity.TokenVerifier;
import dev.platform.core.identity.User;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.devh.boot.grpc.server.security.authentication.BasicGrpcAuthenticationReader;
import net.devh.boot.grpc.server.service.GrpcService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** net.devh's own security, beside the platform's authentication of users. */
@Tag("spring-security")
class SecurityTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void keepsWorking() {
    try (ConfigurableApplicationContext app =
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
                "plaintext"),
            context -> {
              GenericApplicationContext beans = (GenericApplicationContext) context;
              beans.registerBean(BasicGrpcAuthenticationReader.class);
              beans.registerBean(Passwords.class);
              beans.registerBean(
                  TokenVerifier.class, () -> token -> new User("token", "", Set.of("user"), null));
              beans.registerBean(Stock.class);
            })) {
      Queue<String> users = app.getBean(Stock.class).users;

      assertThat(stub(app, basic("ada:ada")).reserve(ReserveRequest.getDefaultInstance()))
          .isNotNull();
      assertThat(users.remove()).isEqualTo("ada");
      assertThat(stub(app, "Bearer x").reserve(ReserveRequest.getDefaultInstance())).isNotNull();
      assertThat(users.remove()).isEqualTo("token");
      assertThat(
              catchThrowableOfType(
                      StatusRuntimeException.class,
                      () ->
                          stub(app, basic("ada:wrong"))
                              .reserve(ReserveRequest.getDefaultInstance()))
                  .getStatus()
                  .getCode())
          .isEqualTo(Code.UNAUTHENTICATED);
      assertThat(users).isEmpty();
    }
  }

  private static String basic(String credentials) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  private static InventoryServiceBlockingStub stub(
      ConfigurableApplicationContext app, String authorization) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, authorization);
    return InventoryServiceGrpc.newBlockingStub(Line.channel(app, "vault"))
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** The password is the name. */
  static class Passwords implements AuthenticationManager {

    @Override
    public Authentication authenticate(Authentication claimed) {
      if (!claimed.getName().equals(claimed.getCredentials())) {
        throw new BadCredentialsException("wrong");
      }
      return UsernamePasswordAuthenticationToken.authenticated(
          claimed.getName(), null, List.of(new SimpleGrantedAuthority("ROLE_USER")));
    }
  }

  @GrpcService
  static class Stock extends InventoryServiceImplBase {

    final Queue<String> users = new ConcurrentLinkedQueue<>();

    @Override
    public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
      users.add(SecurityContextHolder.getContext().getAuthentication().getName());
      answer.onNext(ReserveResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
