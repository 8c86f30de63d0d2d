package dev.platform.mall;

import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/**
 * What security-rules.yml says, read by other means than the platform's.
 *
 * @param rules by {@code package.Service/Method} or {@code package.Service/*}
 */
record CallRules(Map<String, Rule> rules) {

  /** Stands for every caller, also one without identity. */
  static final String ANY = "any";

  private static final Path FILE = Path.of("..", "security-rules.yml");
  private static final String PROPERTY = "platform.security.authorization.rules";

  /** A rule as it is written. */
  record Rule(Set<String> callers, Set<String> roles, boolean user) {

    static Rule of(Map<String, Object> written) {
      Set<String> roles = names(written.get("roles"));
      return new Rule(
          names(written.get("callers")),
          roles,
          !roles.isEmpty() || "required".equals(written.get("user")));
    }

    private static Set<String> names(@Nullable Object value) {
      Set<String> names = new TreeSet<>();
      if (value instanceof List<?> several) {
        several.forEach(name -> names.add(String.valueOf(name)));
      } else if (value != null) {
        names.add(String.valueOf(value));
      }
      return names;
    }

    boolean allowsAnybody() {
      return callers.contains(ANY);
    }
  }

  /** The repository's file. */
  static CallRules read() throws IOException {
    Map<String, Map<String, Map<String, Object>>> file = new Yaml().load(Files.readString(FILE));
    Map<String, Rule> rules = new TreeMap<>();
    file.get(PROPERTY)
        .forEach((name, rule) -> rules.put(name.replaceAll("[\\[\\]]", ""), Rule.of(rule)));
    return new CallRules(rules);
  }

  /** The services of an app by their registered names; health belongs to each. */
  static Map<String, List<ServiceDescriptor>> services(App app) {
    ServiceDescriptor health = HealthGrpc.getServiceDescriptor();
    return switch (app) {
      case ORDER ->
          Map.of(
              "order-service", List.of(OrderServiceGrpc.getServiceDescriptor(), health),
              "notification-service", List.of(NotificationServiceGrpc.getServiceDescriptor()));
      case INVENTORY ->
          Map.of(
              "inventory-service", List.of(InventoryServiceGrpc.getServiceDescriptor(), health),
              "product-service", List.of(ProductServiceGrpc.getServiceDescriptor()),
              "recommendation-service", List.of(RecommendationServiceGrpc.getServiceDescriptor()));
      case PAYMENT ->
          Map.of(
              "payment-service", List.of(PaymentServiceGrpc.getServiceDescriptor(), health),
              "bank-gateway", List.of(BankGatewayGrpc.getServiceDescriptor()));
    };
  }

  /** The methods of an app's contracts. */
  static Stream<MethodDescriptor<?, ?>> methods(App app) {
    return services(app).values().stream()
        .flatMap(List::stream)
        .flatMap(service -> service.getMethods().stream());
  }

  /** All callers that rules name. */
  Set<String> callers() {
    Set<String> callers = new TreeSet<>();
    rules.values().forEach(rule -> callers.addAll(rule.callers()));
    callers.remove(ANY);
    return callers;
  }

  /** The rule for a method; null if nobody may call it. */
  @Nullable Rule of(MethodDescriptor<?, ?> method) {
    Rule own = rules.get(method.getFullMethodName());
    return own != null ? own : rules.get(method.getServiceName() + "/*");
  }

  /**
   * What a call must end with.
   *
   * @param workload the proved one; null for none
   * @param roles of the user; null for no user
   * @return OK if it must get past authorization
   */
  Code expected(
      MethodDescriptor<?, ?> method, @Nullable String workload, @Nullable Set<String> roles) {
    Rule rule = of(method);
    if (rule == null) {
      return Code.PERMISSION_DENIED;
    }
    if (!rule.allowsAnybody()) {
      if (workload == null) {
        return Code.UNAUTHENTICATED;
      }
      if (!rule.callers().contains(workload)) {
        return Code.PERMISSION_DENIED;
      }
    }
    if (!rule.user()) {
      return Code.OK;
    }
    if (roles == null) {
      return Code.UNAUTHENTICATED;
    }
    return rule.roles().isEmpty() || rule.roles().stream().anyMatch(roles::contains)
        ? Code.OK
        : Code.PERMISSION_DENIED;
  }
}
