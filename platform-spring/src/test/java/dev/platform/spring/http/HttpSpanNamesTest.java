package dev.platform.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.http.server.observation.ServerRequestObservationConvention;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class HttpSpanNamesTest {

  private static final AutoConfigurations HTTP =
      AutoConfigurations.of(HttpSpanAutoConfiguration.class);

  private final HttpSpanNames names = new HttpSpanNames("http.server.requests");

  @Test
  void aSpanIsNamedByItsMethodAndRoute() {
    ServerRequestObservationContext request = request("POST");
    request.setPathPattern("/api/orders/{id}");

    assertThat(names.getContextualName(request)).isEqualTo("POST /api/orders/{id}");
  }

  @Test
  void aSpanWithoutARouteIsNamedByItsMethod() {
    assertThat(names.getContextualName(request("GET"))).isEqualTo("GET");
  }

  @Test
  void inventedMethodsShareOneName() {
    assertThat(names.getContextualName(request("X-1"))).isEqualTo("HTTP");
    assertThat(names.getContextualName(request("get"))).isEqualTo("HTTP");
  }

  @Test
  void keepsTheConfiguredNameOfTheMeter() {
    new WebApplicationContextRunner()
        .withConfiguration(HTTP)
        .withPropertyValues("management.observations.http.server.requests.name=web")
        .run(
            context ->
                assertThat(context.getBean(ServerRequestObservationConvention.class).getName())
                    .isEqualTo("web"));
  }

  @Test
  void backsOffForACustomConvention() {
    new WebApplicationContextRunner()
        .withConfiguration(HTTP)
        .withBean(DefaultServerRequestObservationConvention.class)
        .run(
            context ->
                assertThat(context)
                    .getBean(ServerRequestObservationConvention.class)
                    .isExactlyInstanceOf(DefaultServerRequestObservationConvention.class));
  }

  @Test
  void isAbsentWithoutAWebServer() {
    new ApplicationContextRunner()
        .withConfiguration(HTTP)
        .run(
            context ->
                assertThat(context).doesNotHaveBean(ServerRequestObservationConvention.class));
  }

  private static ServerRequestObservationContext request(String method) {
    return new ServerRequestObservationContext(
        new MockHttpServletRequest(method, "/whatever/7"), new MockHttpServletResponse());
  }
}
