package dev.platform.tests.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** What the mode shadow learns, over HTTP. */
class AuthorizationEndpointTest {

  private static final String METHOD = "recommendation.v1.RecommendationService/GetRecommendations";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void showsLearnedCallersAndTheRulesThatTheyNeed() throws Exception {
    try (ConfigurableApplicationContext app =
        TestApp.startWithWeb(
            Map.of(
                "spring.application.name",
                "shop",
                "platform.etcd.endpoints",
                etcd.endpoint().toString(),
                "platform.discovery.wait-for-first-list",
                "30s",
                "platform.deadline.default-timeout",
                "60s",
                "management.endpoints.web.exposure.include",
                "platformauthorization",
                "platform.security.authorization.mode",
                "shadow",
                "platform.security.authorization.rules[" + METHOD + "].callers",
                "order-app"))) {
      var unused =
          RecommendationServiceGrpc.newBlockingStub(Line.channel(app, "shop"))
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance());

      HttpResponse<String> view = get(app, "");
      Map<String, Object> json = JsonParserFactory.getJsonParser().parseMap(view.body());
      assertThat(json.get("mode")).isEqualTo("shadow");
      assertThat(json.get("learned")).hasToString("{" + METHOD + "=[any]}");
      assertThat(json.get("rules"))
          .hasToString("{" + METHOD + "={callers=[order-app], roles=[], user=optional}}");
      assertThat(json.get("difference"))
          .hasToString("{refused={" + METHOD + "=[any]}, unseen={" + METHOD + "=[order-app]}}");
      HttpResponse<String> yaml = get(app, "/yaml");
      assertThat(yaml.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
      assertThat(yaml.body()).contains("\"[" + METHOD + "]\": { callers: any }");
      assertThat(get(app, "/xml").statusCode()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> get(ConfigurableApplicationContext app, String path)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:"
                            + TestApp.webPort(app)
                            + "/actuator/platform-authorization"
                            + path))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
