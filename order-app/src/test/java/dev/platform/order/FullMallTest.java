package dev.platform.order;

import dev.platform.starter.test.spring.AutoConfigureEtcd;
import org.springframework.boot.test.autoconfigure.actuate.observability.AutoConfigureObservability;
import org.springframework.test.context.TestPropertySource;

/**
 * The app with features that most tests disable: an etcd registration, circuit breakers and
 * tracing.
 */
@AutoConfigureObservability
@AutoConfigureEtcd
@TestPropertySource(
    properties = {
      // The other tests' app may run at the same time, and would do its work.
      "grpc.server.port=0",
      "mall.test.database=full",
      "platform.registry.enabled=true",
      "platform.registry.advertise-host=127.0.0.1",
      "platform.registry.metadata.zone=eu-1",
      "platform.discovery.enabled=true",
      "platform.discovery.snapshot.enabled=false",
      "platform.resilience.circuit-breaker.enabled=true",
      "platform.resilience.circuit-breaker.consecutive-failures=0",
      // One test's failing callee must not open a breaker for the next tests.
      "resilience4j.circuitbreaker.configs.default.sliding-window-size=10000",
      "resilience4j.circuitbreaker.configs.default.minimum-number-of-calls=10000",
      "management.tracing.sampling.probability=1.0",
      "mall.edge.trace-url=" + FullMallTest.TRACES + "{trace-id}"
    })
abstract class FullMallTest extends EdgeTest {

  protected static final String TRACES = "http://traces.example/";
}
