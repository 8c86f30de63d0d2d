package dev.platform.spring.priority;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.priority.CallPriority;
import dev.platform.core.priority.Priority;
import dev.platform.spring.deadline.GrpcContextAccessor;
import io.grpc.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import reactor.core.publisher.Mono;

class PriorityAutoConfigurationTest {

  private final WebApplicationContextRunner app =
      new WebApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PriorityAutoConfiguration.class, PathPriorityAutoConfiguration.class));

  @Test
  void prioritiesTravelByDefault() {
    app.run(
        context -> {
          assertThat(context.getBean(ServerLink.class).stage()).isEqualTo(ServerStage.PRIORITY);
          assertThat(context.getBean(ClientLink.class).stage()).isEqualTo(ClientStage.PRIORITY);
          assertThat(context.getBean(FilterRegistrationBean.class).isEnabled()).isFalse();
        });
  }

  @Test
  void canBeSwitchedOff() {
    app.withPropertyValues("platform.priority.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .doesNotHaveBean(ServerLink.class)
                    .doesNotHaveBean(ClientLink.class)
                    .doesNotHaveBean(FilterRegistrationBean.class));
  }

  @Test
  void theHeaderIsTrustedWhereNothingIsProvedUnlessItIsSet() {
    PriorityProperties unset = new PriorityProperties(true, Map.of(), Map.of(), Set.of(), null);
    assertThat(unset.settings(true).trustsHeader()).isTrue();
    assertThat(unset.settings(false).trustsHeader()).isFalse();
    PriorityProperties never = new PriorityProperties(true, Map.of(), Map.of(), Set.of(), false);
    assertThat(never.settings(true).trustsHeader()).isFalse();
  }

  @Test
  void theMostSpecificPatternOfAPathDecides() throws Exception {
    PriorityFilter filter =
        new PriorityFilter(
            new PathPriorities(
                Map.of(
                    "/api/**", Priority.NORMAL,
                    "/api/products/**", Priority.LOW,
                    "/api/orders", Priority.HIGH)));

    assertThat(during(filter, "/api/orders")).isEqualTo(Priority.HIGH);
    assertThat(during(filter, "/api/products")).isEqualTo(Priority.LOW);
    assertThat(during(filter, "/api/products/p-1")).isEqualTo(Priority.LOW);
    assertThat(during(filter, "/api/else")).isEqualTo(Priority.NORMAL);
    assertThat(during(filter, "/index.html")).isNull();
    assertThat(CallPriority.current()).as("afterwards").isNull();
  }

  @Test
  void onWebFluxItIsInReactorsContext() {
    PriorityProperties low =
        new PriorityProperties(true, Map.of(), Map.of("/api/**", Priority.LOW), Set.of(), null);
    List<@Nullable Priority> seen = new ArrayList<>();
    HttpHandler handler =
        new ReactivePathPriorityAutoConfiguration()
            .priorityDecorator(low)
            .apply(
                (request, response) ->
                    Mono.deferContextual(
                        context -> {
                          context
                              .getOrDefault(GrpcContextAccessor.KEY, Context.ROOT)
                              .run(() -> seen.add(CallPriority.current()));
                          return Mono.empty();
                        }));

    handler
        .handle(MockServerHttpRequest.get("/api/x").build(), new MockServerHttpResponse())
        .block();
    handler.handle(MockServerHttpRequest.get("/x").build(), new MockServerHttpResponse()).block();

    assertThat(seen).containsExactly(Priority.LOW, null);
  }

  @Test
  void namesAPatternThatCannotBeRead() {
    app.withPropertyValues("platform.priority.paths[/api/{]=low")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .hasStackTraceContaining(
                        "platform.priority.paths: /api/{ (expected: a pattern"));
  }

  private static @Nullable Priority during(PriorityFilter filter, String path) throws Exception {
    List<@Nullable Priority> seen = new ArrayList<>();
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/shop" + path);
    request.setContextPath("/shop");
    filter.doFilter(
        request,
        new MockHttpServletResponse(),
        (same, response) -> seen.add(CallPriority.current()));
    return seen.get(0);
  }
}
