package dev.platform.spring.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.concurrent.Threads;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class OtherRegistrationsTest {

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final FakeRegistry registry = new FakeRegistry();
  private final FakeRegistration registration = new FakeRegistration();
  private final AtomicInteger lookUps = new AtomicInteger();
  private volatile boolean listed = true;
  private volatile boolean away;
  private final DiscoveryClient client =
      new DiscoveryClient() {

        @Override
        public String description() {
          return "fake";
        }

        @Override
        public List<ServiceInstance> getInstances(String serviceId) {
          lookUps.incrementAndGet();
          if (away) {
            throw new IllegalStateException("away");
          }
          return listed ? List.copyOf(registry.known) : List.of();
        }

        @Override
        public List<String> getServices() {
          return List.of("shop");
        }
      };
  private OtherRegistrations others = others(Duration.ofMinutes(1));
  private final ServiceRegistry<FakeRegistration> deferred = deferred();

  OtherRegistrationsTest() {
    context.refresh();
  }

  @AfterEach
  void close() {
    others.close();
    context.close();
  }

  @Test
  void registersWhenTheAppIsReadyWithThePortOfItsGrpcServer() {
    registration.metadata.put("gRPC_port", "0");
    registration.metadata.put("zone", "own");
    deferred.register(registration);
    others.grpcServerStarted(null, 50051, null);
    assertThat(registry.changes).isEmpty();
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().untilAsserted(() -> assertThat(registry.changes).containsExactly("registered 50051"));
    assertThat(registration.metadata).containsEntry("zone", "own").containsEntry("rack", "r1");
  }

  @Test
  void deregistersWhileReadinessRefusesAndWhileAnOperatorWantsIt() {
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().until(() -> registry.changes.size() == 1);
    readiness(ReadinessState.REFUSING_TRAFFIC);
    await().until(() -> registry.changes.size() == 2);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().until(() -> registry.changes.size() == 3);
    others.outOfService(true);
    await().until(() -> registry.changes.size() == 4);
    others.outOfService(false);
    await()
        .untilAsserted(
            () ->
                assertThat(registry.changes)
                    .containsExactly(
                        "registered null",
                        "deregistered",
                        "registered null",
                        "deregistered",
                        "registered null"));
  }

  @Test
  void leavesOnceAndForEverBeforeSpringDeregisters() {
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().until(() -> registry.changes.size() == 1);
    assertThat(others.leave()).isTrue();
    assertThat(registry.changes).containsExactly("registered null", "deregistered");
    deferred.deregister(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    others.leave();
    assertThat(registry.changes).hasSize(2);
  }

  @Test
  void clientsMayStillSeeAnAppThatWasJustDeregistered() {
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().until(() -> registry.changes.size() == 1);
    readiness(ReadinessState.REFUSING_TRAFFIC);
    await().until(() -> registry.changes.size() == 2);
    assertThat(others.leave()).isTrue();
  }

  @Test
  void anAppThatWasNeverReadyIsNotRegistered() {
    deferred.register(registration);
    assertThat(others.leave()).isFalse();
    assertThat(registry.changes).isEmpty();
  }

  @Test
  void aRegistrationThatFailsIsMadeAgainAsANewOne(CapturedOutput output) {
    registry.failures = 2;
    // Other tests of this class log, too.
    registration.serviceId = "often-refused";
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await()
        .untilAsserted(
            () ->
                assertThat(registry.changes)
                    .containsExactly("deregistered", "deregistered", "registered null"));
    assertThat(output).containsOnlyOnce("failed to register often-refused, trying again");
  }

  @Test
  void aRegistryThatRefusesToDeregisterWhatItDoesNotHaveGetsTheRegistrationAfterAFailure() {
    registry.refusesUnknown = true;
    registry.failures = 2;
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().untilAsserted(() -> assertThat(registry.changes).containsExactly("registered null"));
  }

  @Test
  void whatARegistryHasLostIsRegisteredAgain() {
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().until(() -> lookUps.get() > 3);
    assertThat(registry.changes).containsExactly("registered null");
    registry.known.clear();
    await()
        .untilAsserted(
            () ->
                assertThat(registry.changes).containsExactly("registered null", "registered null"));
  }

  @Test
  void whatIsNotListedAlthoughItIsRegisteredIsRegisteredMoreAndMoreRarely() {
    listed = false;
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().until(() -> lookUps.get() > 20);
    // After 2, 4, 8 and 16 look-ups.
    assertThat(registry.changes).hasSizeBetween(4, 6).containsOnly("registered null");
  }

  @Test
  void aRegistryThatDoesNotAnswerHasLostNothing() {
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().until(() -> lookUps.get() > 3);
    away = true;
    int before = lookUps.get();
    await().until(() -> lookUps.get() > before + 10);
    assertThat(registry.changes).containsExactly("registered null");
  }

  @Test
  void anotherObjectOfTheSameIdIsTheSameRegistration() {
    registration.instanceId = "shop-management";
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().until(() -> registry.changes.size() == 1);
    FakeRegistration again = new FakeRegistration();
    again.instanceId = "shop-management";
    deferred.deregister(again);
    await().until(() -> registry.changes.size() == 2);
    assertThat(registry.changes).containsExactly("registered null", "deregistered");
  }

  @Test
  void aRegistryThatBlocksDelaysNeitherTheStartNorTheEnd() {
    CountDownLatch answer = new CountDownLatch(1);
    registry.answer = answer;
    others = others(Duration.ofMillis(10));
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().until(() -> registry.asked);
    assertThat(others.leave()).isTrue();
    answer.countDown();
  }

  @Test
  void metadataThatCanNotBeChangedIsReported(CapturedOutput output) {
    registration.metadata = Collections.unmodifiableMap(new HashMap<>());
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().untilAsserted(() -> assertThat(registry.changes).containsExactly("registered null"));
    assertThat(output).contains("FakeRegistration has metadata that can't be changed");
  }

  @Test
  void aRegistrationWithoutMetadataIsMade() {
    registration.metadata = null;
    deferred.register(registration);
    readiness(ReadinessState.ACCEPTING_TRAFFIC);
    await().untilAsserted(() -> assertThat(registry.changes).containsExactly("registered"));
  }

  @Test
  void otherMethodsReachTheRegistryItself() {
    deferred.setStatus(registration, "UP");
    deferred.close();
    assertThat(registry.changes).containsExactly("status UP", "closed");
  }

  private void readiness(ReadinessState state) {
    others.onApplicationEvent(new AvailabilityChangeEvent<>(context, state));
  }

  private OtherRegistrations others(Duration longestDeregistration) {
    return new OtherRegistrations(
        context,
        new OtherRegistrationMetadata(
            () -> Map.of("rack", "r1", "zone", "common"), () -> null, null),
        new RegistrationListing(() -> List.of(client)),
        Duration.ofMillis(5),
        longestDeregistration,
        Threads.daemons(),
        new Random(1));
  }

  @SuppressWarnings("unchecked")
  private ServiceRegistry<FakeRegistration> deferred() {
    ObjectProvider<OtherRegistrations> provider =
        new ObjectProvider<>() {
          @Override
          public OtherRegistrations getObject() {
            return others;
          }
        };
    return (FakeRegistry)
        new DeferredRegistries(provider).postProcessAfterInitialization(registry, "registry");
  }

  private static class FakeRegistration implements Registration {

    private @Nullable Map<String, String> metadata = new HashMap<>();
    private String serviceId = "shop";
    private @Nullable String instanceId;

    @Override
    public String getServiceId() {
      return serviceId;
    }

    @Override
    public @Nullable String getInstanceId() {
      return instanceId;
    }

    @Override
    public String getHost() {
      return "10.0.0.1";
    }

    @Override
    public int getPort() {
      return 8080;
    }

    @Override
    public boolean isSecure() {
      return false;
    }

    @Override
    public URI getUri() {
      return URI.create("http://10.0.0.1:8080");
    }

    @Override
    public @Nullable Map<String, String> getMetadata() {
      return metadata;
    }
  }

  static class FakeRegistry implements ServiceRegistry<FakeRegistration> {

    private final List<String> changes = Collections.synchronizedList(new ArrayList<>());
    private volatile int failures;
    private volatile CountDownLatch answer = new CountDownLatch(0);
    private final Set<ServiceInstance> known = ConcurrentHashMap.newKeySet();
    private volatile boolean asked;
    private volatile boolean refusesUnknown;

    @Override
    public void register(FakeRegistration registration) {
      asked = true;
      try {
        answer.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (failures > 0) {
        failures--;
        throw new IllegalStateException("away");
      }
      known.add(registration);
      Map<String, String> metadata = registration.metadata;
      changes.add(metadata == null ? "registered" : "registered " + metadata.get("gRPC_port"));
    }

    @Override
    public void deregister(FakeRegistration registration) {
      if (!known.remove(registration) && refusesUnknown) {
        throw new IllegalStateException("404");
      }
      changes.add("deregistered");
    }

    @Override
    public void close() {
      changes.add("closed");
    }

    @Override
    public void setStatus(FakeRegistration registration, String status) {
      changes.add("status " + status);
    }

    @Override
    public <T> T getStatus(FakeRegistration registration) {
      return null;
    }
  }
}
