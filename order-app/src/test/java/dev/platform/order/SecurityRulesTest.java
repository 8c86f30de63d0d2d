package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.yaml.snakeyaml.Yaml;

/** The rules of the whole mall are about its methods, all of them, and no others. */
class SecurityRulesTest {

  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          OrderServiceGrpc.getServiceDescriptor(),
          NotificationServiceGrpc.getServiceDescriptor(),
          InventoryServiceGrpc.getServiceDescriptor(),
          ProductServiceGrpc.getServiceDescriptor(),
          RecommendationServiceGrpc.getServiceDescriptor(),
          PaymentServiceGrpc.getServiceDescriptor(),
          BankGatewayGrpc.getServiceDescriptor());
  private static final Set<String> WORKLOADS =
      Set.of("order-app", "payment-app", "mall-client", "warehouse", "bank-operator", "any");

  private final Map<String, Map<String, Object>> rules = new TreeMap<>();

  @BeforeEach
  void read() throws IOException {
    try (InputStream in = new ClassPathResource("security-rules.yml").getInputStream()) {
      Map<String, Map<String, Map<String, Object>>> file = new Yaml().load(in);
      file.get("platform.security.authorization.rules")
          .forEach((name, rule) -> rules.put(name.replaceAll("[\\[\\]]", ""), rule));
    }
  }

  @Test
  void everyMethodHasARule() {
    Set<String> covered = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    for (ServiceDescriptor service : SERVICES) {
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        all.add(method.getFullMethodName());
        if (rules.containsKey(method.getFullMethodName())
            || rules.containsKey(service.getName() + "/*")) {
          covered.add(method.getFullMethodName());
        }
      }
    }
    assertThat(covered).isEqualTo(all).hasSizeGreaterThan(15);
  }

  @Test
  void everyRuleIsAboutAMethodThatExists() {
    Set<String> known =
        SERVICES.stream()
            .flatMap(service -> service.getMethods().stream())
            .map(MethodDescriptor::getFullMethodName)
            .collect(Collectors.toCollection(TreeSet::new));
    SERVICES.forEach(service -> known.add(service.getName() + "/*"));
    known.add("grpc.health.v1.Health/*");

    assertThat(known).containsAll(rules.keySet());
  }

  @Test
  void callersAreTheMallsWorkloads() {
    rules.forEach((method, rule) -> assertThat(WORKLOADS).as(method).containsAll(callers(rule)));
  }

  @Test
  void moneyAndStockAreForNamedWorkloadsOnly() {
    assertThat(callers(rules.get("payment.v1.PaymentService/*"))).containsExactly("order-app");
    assertThat(callers(rules.get("bank.v1.BankGateway/Refund"))).containsExactly("payment-app");
    assertThat(callers(rules.get("bank.v1.BankGateway/SetBehaviour")))
        .containsExactly("bank-operator");
    assertThat(rules.get("inventory.v1.InventoryService/ImportStock").toString())
        .contains("warehouse", "stock-admin");
  }

  private static Set<String> callers(Map<String, Object> rule) {
    Object callers = rule.get("callers");
    return callers instanceof List<?> list
        ? list.stream().map(String::valueOf).collect(Collectors.toSet())
        : Set.of(String.valueOf(callers));
  }
}
