package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.Channel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** An app that calls itself; telemetry of both ends is collected. */
abstract class ObservedApp {

  static final String RESERVE = "inventory.v1.InventoryService/Reserve";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  final CollectedSpans spans = new CollectedSpans();
  final Map<String, Object> properties = new HashMap<>();
  Consumer<GenericApplicationContext> moreBeans = beans -> {};
  ConfigurableApplicationContext app;

  @AfterEach
  void stop() {
    app.close();
  }

  void assertOneTrace(String name) {
    SpanData client = spans.single(SpanKind.CLIENT);
    SpanData server = spans.single(SpanKind.SERVER);
    assertThat(client.getName()).isEqualTo(name);
    assertThat(server.getName()).isEqualTo(name);
    assertThat(server.getParentSpanId()).isEqualTo(client.getSpanId());
  }

  static <A> StreamObserver<A> completing(CompletableFuture<A> last) {
    return new StreamObserver<>() {
      private A value;

      @Override
      public void onNext(A next) {
        value = next;
      }

      @Override
      public void onError(Throwable failure) {
        last.completeExceptionally(failure);
      }

      @Override
      public void onCompleted() {
        last.complete(value);
      }
    };
  }

  static Map<String, String> texts(SpanData span) {
    Map<String, String> texts = new HashMap<>();
    span.getAttributes().forEach((key, value) -> texts.put(key.getKey(), value.toString()));
    return texts;
  }

  void assertFails(String script, Code code) {
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> reserve(script));
    assertThat(failure.getStatus().getCode()).isEqualTo(code);
  }

  void reserve(String script) {
    start();
    var unused = stub().reserve(request(script));
  }

  static ReserveRequest request(String script) {
    return ReserveRequest.newBuilder().setReservationId(script).build();
  }

  InventoryServiceBlockingStub stub() {
    return InventoryServiceGrpc.newBlockingStub(channel());
  }

  Channel channel() {
    return Line.channel(app, "telemetry");
  }

  ScriptedStock stock() {
    return app.getBean(ScriptedStock.class);
  }

  void start() {
    if (app == null) {
      properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
      properties.put("spring.application.name", "telemetry");
      properties.put("platform.registry.advertise-host", "127.0.0.1");
      properties.putIfAbsent("management.tracing.sampling.probability", "1.0");
      properties.put("platform.discovery.wait-for-first-list", "30s");
      properties.put("platform.deadline.default-timeout", "60s");
      app =
          TestApp.start(
              properties,
              context -> {
                GenericApplicationContext beans = (GenericApplicationContext) context;
                beans.registerBean(ScriptedStock.class);
                beans.registerBean(CollectedSpans.class, () -> spans);
                moreBeans.accept(beans);
              });
    }
  }
}
