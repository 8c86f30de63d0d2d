package dev.platform.core.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.core.call.TestRecorders;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ServiceConfigParser;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which policy each method's calls get. */
class AttemptsSelectorTest {

  private static final MethodDescriptor<?, ?> READ = ProductServiceGrpc.getGetProductMethod();
  private static final MethodDescriptor<?, ?> READ_STREAM =
      ProductServiceGrpc.getListProductsMethod();
  private static final MethodDescriptor<?, ?> IDEMPOTENT = InventoryServiceGrpc.getReserveMethod();
  private static final MethodDescriptor<?, ?> CONVERSATION =
      InventoryServiceGrpc.getWatchStockMethod();
  private static final MethodDescriptor<?, ?> ONCE_ONLY = BankGatewayGrpc.getSetBehaviourMethod();

  private final Map<String, Duration> hedged = new HashMap<>();
  private RetrySettings retry = RetrySettings.defaults();

  @Test
  void onlyIdempotentMethodsAreRetried() {
    assertThat(policy(READ)).isEqualTo("retryPolicy");
    assertThat(policy(READ_STREAM)).isEqualTo("retryPolicy");
    assertThat(policy(IDEMPOTENT)).isEqualTo("retryPolicy");
    assertThat(policy(ONCE_ONLY)).isNull();
  }

  @Test
  void hedgedMethodsAreNotRetried() {
    hedge("product.v1.ProductService");
    assertThat(policy(READ)).isEqualTo("hedgingPolicy");
    assertThat(policy(READ_STREAM)).isEqualTo("hedgingPolicy");
    assertThat(policy(IDEMPOTENT)).isEqualTo("retryPolicy");
  }

  @Test
  void nonIdempotentMethodsAndRequestStreamsAreNotHedged() {
    hedge("bank.v1.BankGateway/SetBehaviour");
    hedge("inventory.v1.InventoryService");
    assertThat(policy(ONCE_ONLY)).isNull();
    assertThat(policy(CONVERSATION)).isEqualTo("retryPolicy");
    assertThat(policy(IDEMPOTENT)).isEqualTo("hedgingPolicy");
  }

  @Test
  void listedMethodsAreIdempotentAndExcludedOnesAreNot() {
    hedge("product.v1.ProductService/GetProduct");
    hedge("bank.v1.BankGateway/SetBehaviour");
    retry =
        retry(
            true,
            List.of("bank.v1.BankGateway/SetBehaviour"),
            List.of("product.v1.ProductService"));
    assertThat(policy(READ)).isNull();
    assertThat(policy(READ_STREAM)).isNull();
    assertThat(policy(ONCE_ONLY)).isEqualTo("hedgingPolicy");
  }

  @Test
  void hedgingDoesNotRequireRetries() {
    hedge("product.v1.ProductService/GetProduct");
    retry = retry(false, List.of(), List.of());
    assertThat(policy(READ)).isEqualTo("hedgingPolicy");
    assertThat(policy(IDEMPOTENT)).isNull();
  }

  @Test
  void nothingIsRetriedBelowARetryingHop() throws Exception {
    hedge("product.v1.ProductService/GetProduct");
    assertThat(UpstreamRetry.context().call(() -> policy(READ))).isNull();
    assertThat(UpstreamRetry.context().call(() -> policy(IDEMPOTENT))).isNull();
  }

  private void hedge(String method) {
    hedged.put(method, Duration.ofMillis(50));
  }

  private static RetrySettings retry(
      boolean enabled, List<String> methods, List<String> excludedMethods) {
    RetrySettings defaults = RetrySettings.defaults();
    return new RetrySettings(
        enabled,
        defaults.byProtoOption(),
        methods,
        excludedMethods,
        defaults.maxAttempts(),
        defaults.initialBackoff(),
        defaults.maxBackoff(),
        defaults.budget());
  }

  /** The name of the policy; null for none. */
  private @Nullable String policy(MethodDescriptor<?, ?> method) {
    AttemptsSelector selector =
        new AttemptsSelector(
            retry,
            new HedgingSettings(hedged, HedgingSettings.none().maxAttempts()),
            TestRecorders.of(OutcomeClassifier.standard(), System::nanoTime),
            new ServiceConfigParser() {
              @Override
              public ConfigOrError parseServiceConfig(Map<String, ?> config) {
                return ConfigOrError.fromConfig(config);
              }
            },
            List.of());
    String chosen = selector.selectConfig(new CallOf(method)).getConfig().toString();
    return chosen.contains("retryPolicy")
        ? "retryPolicy"
        : chosen.contains("hedgingPolicy") ? "hedgingPolicy" : null;
  }

  private static final class CallOf extends PickSubchannelArgs {

    private final MethodDescriptor<?, ?> method;

    CallOf(MethodDescriptor<?, ?> method) {
      this.method = method;
    }

    @Override
    public CallOptions getCallOptions() {
      return CallOptions.DEFAULT;
    }

    @Override
    public Metadata getHeaders() {
      return new Metadata();
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return method;
    }
  }
}
