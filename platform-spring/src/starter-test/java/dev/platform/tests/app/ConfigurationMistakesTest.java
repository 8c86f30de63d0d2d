package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** With invalid configuration the app fails to start and names property, value and expectation. */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationMistakesTest {

  /** Property, value, and what the message says. */
  private static final String[] MISTAKES = {
    "platform.registry.services | ' ' | platform.registry.services: (empty) (expected: a service"
        + " name of letters, digits, '.', '_' and '-')",
    "platform.registry.services | a/b | platform.registry.services: a/b (expected: a service name"
        + " of letters, digits, '.', '_' and '-')",
    "platform.registry.lease-ttl | 0s | platform.registry.lease-ttl: 0s (expected: >= 2s, in whole"
        + " seconds)",
    "platform.registry.lease-ttl | 2500ms | platform.registry.lease-ttl: 2500ms (expected: >= 2s,"
        + " in whole seconds)",
    "platform.registry.lease-ttl | soon | platform.registry.lease-ttl: soon (expected: a duration"
        + " such as 500ms, 10s or 2m)",
    "platform.start.warm-up.max | soon | platform.start.warm-up.max: soon (expected: a duration"
        + " such as 500ms, 10s or 2m)",
    "platform.start.warm-up.max | -1s | platform.start.warm-up.max: -1000ms (expected: 0s to 5m)",
    "platform.registry.value-format | xml | platform.registry.value-format: xml (expected: one of"
        + " grpc, address)",
    "platform.registry.layouts | nacos | platform.registry.layouts: nacos (expected: one of"
        + " platform, go-zero, kratos)",
    "platform.registry.layouts | '' | platform.registry.layouts: (empty) (expected: one or more"
        + " of platform, go-zero, kratos)",
    "platform.discovery.layouts.prices | dubbo | platform.discovery.layouts.prices: dubbo"
        + " (expected: one of platform, go-zero, kratos)",
    "platform.registry.advertise-port | 70000 | platform.registry.advertise-port: 70000 (expected:"
        + " 1 to 65535)",
    "platform.etcd.namespace | a//b | platform.etcd.namespace: a//b (expected: a path such"
        + " as /staging, without a slash at its end)",
    "platform.etcd.endpoints | localhost | platform.etcd.endpoints: localhost (expected:"
        + " http://host:port or https://host:port)",
    "platform.etcd.endpoints | http://a:1,https://b:2 | platform.etcd.endpoints:"
        + " http://a:1,https://b:2 (expected: all http or all https)",
    "platform.etcd.username | root | platform.etcd.password: (empty) (expected: username and"
        + " password, both or neither)",
    "platform.resilience.retry.max-attempts | 1 | platform.resilience.retry.max-attempts: 1"
        + " (expected: a whole number from 2 to 5; platform.resilience.retry.enabled=false for"
        + " no retries)",
    "platform.resilience.hedging.methods[a.B] | 0s"
        + " | platform.resilience.hedging.methods.a.B: 0ms (expected: at least 1ms)",
    "platform.resilience.retry.excluded-methods[0] | a b"
        + " | platform.resilience.retry.excluded-methods[0]: a b (expected:"
        + " package.Service/Method, or package.Service for all of its methods)",
    "platform.resilience.retry.methods[0] | a b | platform.resilience.retry.methods[0]: a b"
        + " (expected: package.Service/Method, or package.Service for all of its methods)",
    "platform.telemetry.grpc.untraced-services | grpc.health.v1.Health/Check |"
        + " platform.telemetry.grpc.untraced-services: grpc.health.v1.Health/Check"
        + " (expected: full names of services, such as grpc.health.v1.Health)",
    "platform.caller.name | a b | platform.caller.name: a b (expected: up to 100 letters, digits,"
        + " '.', '_' and '-')",
    "platform.resilience.rate-limit.methods[a b] | x | platform.resilience.rate-limit.methods: a b"
        + " (expected: package.Service/Method, or package.Service for all of its methods)",
    "platform.resilience.rate-limit.caller.header | X-Caller |"
        + " platform.resilience.rate-limit.caller.header: X-Caller (expected: a header's name of"
        + " lower-case letters, digits, '.', '_' and '-', not ending in -bin)",
    "platform.resilience.rate-limit.caller.header | id-bin |"
        + " platform.resilience.rate-limit.caller.header: id-bin (expected: a header's name",
    "platform.resilience.rate-limit.caller.max-callers | 0 |"
        + " platform.resilience.rate-limit.caller.max-callers: 0 (expected: 1 to 100000)",
    "platform.resilience.concurrency-limit.limit | 0 |"
        + " platform.resilience.concurrency-limit.limit: 0 (expected: 1 to 100000)",
    "platform.resilience.concurrency-limit.adaptive.min-limit | 0 |"
        + " platform.resilience.concurrency-limit.adaptive.min-limit: 0 (expected: 1 to 100000)",
    "platform.resilience.concurrency-limit.gradient2.min-limit | 0 |"
        + " platform.resilience.concurrency-limit.gradient2.min-limit: 0 (expected: 1 to 100000)",
    "platform.resilience.concurrency-limit.adaptive.max-limit | 5 |"
        + " platform.resilience.concurrency-limit.adaptive.max-limit: 5 (expected: min-limit, 10,"
        + " to 100000)",
    "platform.resilience.concurrency-limit.adaptive.initial-limit | 501 |"
        + " platform.resilience.concurrency-limit.adaptive.initial-limit: 501 (expected:"
        + " min-limit, 10, to max-limit, 180)",
    "platform.resilience.concurrency-limit.shares.normal | 1.1 |"
        + " platform.resilience.concurrency-limit.shares.normal: 1.1 (expected: over 0, at most 1)",
    "platform.resilience.concurrency-limit.shares.low | 0.95 |"
        + " platform.resilience.concurrency-limit.shares.low: 0.95 (expected: over 0, at most"
        + " shares.normal, 0.9)",
    "platform.resilience.concurrency-limit.methods[a b] | high |"
        + " platform.resilience.concurrency-limit.methods: a b (expected: package.Service/Method,"
        + " or package.Service for all of its methods)",
    "platform.resilience.concurrency-limit.methods[a.B] | urgent |"
        + " platform.resilience.concurrency-limit.methods[a.B]: urgent (expected: one of low,"
        + " normal, high)",
    "platform.priority.methods[a b] | high | platform.priority.methods: a b (expected:"
        + " package.Service/Method, or package.Service for all of its methods)",
    "platform.priority.methods[a.B] | urgent | platform.priority.methods[a.B]: urgent (expected:"
        + " one of low, normal, high)",
    "platform.priority.paths[api] | low | platform.priority.paths: api (expected: a path that"
        + " begins with /, in brackets)",
    "platform.resilience.rate-limit.shared.timeout | 2s |"
        + " platform.resilience.rate-limit.shared.timeout: 2000ms (expected: 5ms to 1s)",
    "platform.resilience.rate-limit.shared.local-share | 0 |"
        + " platform.resilience.rate-limit.shared.local-share: 0.0 (expected: over 0, at most 1)",
    "platform.resilience.rate-limit.shared.limiters[0] | x |"
        + " platform.resilience.rate-limit.shared.limiters[0]: x (expected: a limiter that"
        + " platform.resilience.rate-limit.server or .methods names)",
    "platform.grpc.load-balancing | fair | platform.grpc.load-balancing: fair (expected: a policy"
        + " that is registered with gRPC, such as peak_ewma or round_robin)",
    "platform.grpc.slow-start | 11m | platform.grpc.slow-start: 660000ms (expected: 0s to 10m)",
    "platform.deadline.default-timeout | -1s | platform.deadline.default-timeout: -1000ms"
        + " (expected: >= 0s)",
    "platform.deadline.minimums[a.B/C] | 0s | platform.deadline.minimums.a.B/C: 0ms (expected:"
        + " > 0s)",
    "platform.resilience.circuit-breaker.consecutive-failures | -1 |"
        + " platform.resilience.circuit-breaker.consecutive-failures: -1 (expected: a whole number from"
        + " 0 to 1000)",
    "platform.resilience.outlier-detection.consecutive-failures | 0 |"
        + " platform.resilience.outlier-detection.consecutive-failures: 0 (expected: a whole number from"
        + " 1 to 1000)",
    "platform.resilience.outlier-detection.failure-percentage | 101 |"
        + " platform.resilience.outlier-detection.failure-percentage: 101 (expected: a whole number"
        + " from 1 to 100)",
    "platform.resilience.outlier-detection.minimum-calls | 0 |"
        + " platform.resilience.outlier-detection.minimum-calls: 0 (expected: at least 1)",
    "platform.resilience.outlier-detection.interval | 1ms |"
        + " platform.resilience.outlier-detection.interval: 1ms (expected: at least 100ms)",
    "platform.resilience.outlier-detection.ejection-time | 1ms |"
        + " platform.resilience.outlier-detection.ejection-time: 1ms (expected: at least 100ms)",
    "platform.resilience.outlier-detection.max-ejection-time | 1s |"
        + " platform.resilience.outlier-detection.max-ejection-time: 1000ms (expected: at least"
        + " ejection-time, 10000ms)",
    "platform.discovery.wait-for-first-list | 2h | platform.discovery.wait-for-first-list:"
        + " 7200000ms (expected: 0s to 1m)",
    "platform.drain.delay | -5s | platform.drain.delay: -5000ms (expected: 0s to 1m)",
  };

  /** As above, but found alone: by a condition, by a bean, or only if no other one is there. */
  private static final String[] MISTAKES_FOUND_ALONE = {
    "platform.discovery.layouts[a/b] | kratos | platform.discovery.layouts: \"a/b\" (expected:"
        + " the name of a service, without a slash)",
    "platform.registry.advertise-host | no-such-host.invalid | platform.registry.advertise-host:"
        + " no-such-host.invalid (expected: a host name that resolves, or an address)",
    "platform.etcd.request-timeout | 1ms | platform.etcd.request-timeout: 1ms (expected: >= 100ms)",
    "platform.etcd.ssl.bundle | etcd | platform.etcd.ssl.bundle: etcd (expected: no bundle, or"
        + " https in platform.etcd.endpoints)",
    "platform.resilience.hedging.max-attempts | 1"
        + " | platform.resilience.hedging.max-attempts: 1 (expected: a whole number from 2 to 5)",
    "platform.resilience.rate-limit.server | nobody | platform.resilience.rate-limit.server:"
        + " nobody (expected: a limiter that is configured under"
        + " resilience4j.ratelimiter.instances)",
    "platform.resilience.rate-limit.methods[a.B/C] | nobody |"
        + " platform.resilience.rate-limit.methods.a.B/C: nobody (expected: a limiter that is"
        + " configured under resilience4j.ratelimiter.instances)",
    "platform.resilience.rate-limit.caller.limiter | nobody |"
        + " platform.resilience.rate-limit.caller.limiter: nobody (expected: a limiter that is"
        + " configured under resilience4j.ratelimiter.instances)",
    "platform.resilience.rate-limit.shared.redis-uri | http://u:secret@h |"
        + " platform.resilience.rate-limit.shared.redis-uri: http://***@h (expected:"
        + " redis://[user:password@]host:port[/database], or rediss:// for TLS)",
    "spring.application.name | ' ' | spring.application.name: (empty) (expected: the service's"
        + " name, here or in platform.registry.services)",
    "platform.resilience.concurrency-limit.mode | vegas |"
        + " platform.resilience.concurrency-limit.mode: vegas (expected: one of off, fixed,"
        + " adaptive, gradient2)",
  };

  private record Mistake(String property, String value, String expected) {}

  /** One start reports all mistakes, but for others of the same property. */
  static Stream<List<Mistake>> starts() {
    Map<String, Integer> occurrences = new HashMap<>();
    Collection<List<Mistake>> together =
        Arrays.stream(MISTAKES)
            .map(ConfigurationMistakesTest::mistake)
            .collect(
                Collectors.groupingBy(
                    mistake -> occurrences.merge(mistake.property(), 1, Integer::sum)))
            .values();
    Stream<List<Mistake>> alone =
        Arrays.stream(MISTAKES_FOUND_ALONE).map(ConfigurationMistakesTest::mistake).map(List::of);
    return Stream.concat(together.stream(), alone);
  }

  private static Mistake mistake(String row) {
    String[] columns = row.split("\\|", 3);
    return new Mistake(columns[0].strip(), columns[1].strip().replace("'", ""), columns[2].strip());
  }

  @ParameterizedTest
  @MethodSource("starts")
  void namesPropertyValueAndExpectation(List<Mistake> mistakes, CapturedOutput output) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("spring.application.name", "test-app");
    mistakes.forEach(mistake -> properties.put(mistake.property(), mistake.value()));

    assertThat(catchThrowable(() -> TestApp.start(properties).close())).isNotNull();

    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START")
        .contains(mistakes.stream().map(Mistake::expected).toList());
  }

  @Test
  void reportsAllMistakesAtOnce(CapturedOutput output) {
    Map<String, Object> properties = properties("platform.registry.lease-ttl", "soon");
    properties.put("platform.registry.value-format", "xml");
    properties.put("platform.drain.timeout", "-1s");
    properties.put("platform.etcd.request-timeout", "1ms");
    properties.put("platform.resilience.retry.max-attempts", "9");
    properties.put("platform.resilience.retry.methods[0]", "a b");

    assertThat(catchThrowable(() -> TestApp.start(properties).close())).isNotNull();

    assertThat(output.getAll())
        .containsOnlyOnce("APPLICATION FAILED TO START")
        .contains(
            "6 properties are invalid:",
            "platform.registry.lease-ttl: soon (expected: a duration such as 500ms, 10s or 2m)",
            "platform.registry.value-format: xml (expected: one of grpc, address)",
            "platform.drain.timeout: ",
            "platform.etcd.request-timeout: 1ms (expected: >= 100ms)",
            "platform.resilience.retry.max-attempts: 9 (expected: a whole number from 2 to 5",
            "platform.resilience.retry.methods[0]: a b (expected: package.Service/Method");
  }

  @Test
  void reportsALimiterWithoutEffect(CapturedOutput output) {
    Map<String, Object> properties = properties("platform.resilience.rate-limit.server", "wide");
    properties.put("resilience4j.ratelimiter.instances.wide.timeout-duration", "1s");
    assertThat(catchThrowable(() -> TestApp.start(properties).close())).isNotNull();
    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START")
        .contains(
            "platform.resilience.rate-limit.server: wide, which is 50 per 500ns (expected: a"
                + " limiter with");
  }

  @Test
  void reportsAMissingRedisUriForASharedLimit(CapturedOutput output) {
    Map<String, Object> properties = properties("platform.resilience.rate-limit.server", "all");
    properties.put("resilience4j.ratelimiter.instances.all.limit-refresh-period", "1s");
    properties.put("platform.resilience.rate-limit.shared.limiters", "all");
    assertThat(catchThrowable(() -> TestApp.start(properties).close())).isNotNull();
    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START")
        .contains(
            "platform.resilience.rate-limit.shared.redis-uri: (none) (expected: the address of"
                + " Redis, since .shared.limiters is set)");
  }

  @Test
  void reportsAMissingSslBundle(CapturedOutput output) {
    Map<String, Object> properties = properties("platform.etcd.ssl.bundle", "no-such-bundle");
    properties.put("platform.etcd.endpoints", "https://127.0.0.1:2379");
    assertThat(catchThrowable(() -> TestApp.start(properties).close())).isNotNull();
    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START")
        .contains("platform.etcd.ssl.bundle: no-such-bundle (expected: the name of an SSL bundle");
  }

  @Test
  void reportsAnSslBundleWithMissingFiles(CapturedOutput output) {
    Map<String, Object> properties = properties("platform.etcd.ssl.bundle", "etcd");
    properties.put("platform.etcd.endpoints", "https://127.0.0.1:2379");
    properties.put("spring.ssl.bundle.pem.etcd.truststore.certificate", "file:no-such-file.pem");
    assertThat(catchThrowable(() -> TestApp.start(properties).close())).isNotNull();
    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START")
        .contains("no-such-file.pem");
  }

  @Test
  void failFastRefusesToStartWithoutEtcdAndNamesItsAddress(CapturedOutput output) {
    String endpoint;
    try (EmbeddedEtcd gone = EmbeddedEtcd.builder().build()) {
      gone.start();
      endpoint = gone.endpoint().toString();
    }
    Map<String, Object> properties = properties("platform.registry.fail-fast", "true");
    properties.put("platform.etcd.endpoints", endpoint);
    assertThat(catchThrowable(() -> TestApp.start(properties).close())).isNotNull();
    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START")
        .contains("platform.registry.fail-fast is set, and etcd at [%s]".formatted(endpoint))
        .contains("set platform.registry.fail-fast to false");
  }

  private static Map<String, Object> properties(String name, String value) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("spring.application.name", "test-app");
    properties.put(name, value);
    return properties;
  }
}
