package dev.platform.order;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.platform.contracts.inventory.v1.StockLevel;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.GetOrderResponse;
import dev.platform.contracts.order.v1.OrderEvent;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderStatus;
import dev.platform.contracts.product.v1.Product;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.yaml.snakeyaml.Yaml;

/** The description matches the app exactly in routes, fields and status codes. */
class OpenApiTest extends EdgeTest {

  private static final List<Descriptor> MESSAGES =
      List.of(
          Money.getDescriptor(),
          OrderItem.getDescriptor(),
          CreateOrderRequest.getDescriptor(),
          CreateOrderResponse.getDescriptor(),
          GetOrderResponse.getDescriptor(),
          OrderEvent.getDescriptor(),
          Product.getDescriptor(),
          StockLevel.getDescriptor());

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping routes;

  @Test
  void describesExactlyTheExistingRoutes() {
    Set<String> described = new TreeSet<>();
    section(description(), "paths")
        .forEach(
            (path, methods) ->
                map(methods).keySet().forEach(method -> described.add(method + " " + path)));

    assertThat(described).isEqualTo(realRoutes());
  }

  @Test
  void describesTheFieldsOfEachMessage() {
    Map<String, Object> schemas = section(section(description(), "components"), "schemas");
    for (Descriptor message : MESSAGES) {
      Set<String> fields =
          message.getFields().stream()
              .map(FieldDescriptor::getJsonName)
              .collect(toCollection(TreeSet::new));
      assertThat(section(section(schemas, message.getName()), "properties").keySet())
          .as(message.getName())
          .containsExactlyInAnyOrderElementsOf(fields);
    }
    assertThat(section(schemas, "OrderStatus").get("enum"))
        .isEqualTo(
            OrderStatus.getDescriptor().getValues().stream()
                .map(value -> value.getName())
                .toList());
  }

  @Test
  void hasNoDanglingReferences() {
    Map<String, Object> description = description();
    Set<String> references = new TreeSet<>();
    collectReferences(description, references);

    assertThat(references).isNotEmpty();
    for (String reference : references) {
      Object target = description;
      for (String step : reference.substring("#/".length()).split("/")) {
        target = map(target).get(step);
        assertThat(target).as(reference).isNotNull();
      }
    }
  }

  private Set<String> realRoutes() {
    Set<String> real = new TreeSet<>();
    for (RequestMappingInfo route : routes.getHandlerMethods().keySet()) {
      for (String path : route.getPatternValues()) {
        if (path.startsWith("/api/")) {
          route
              .getMethodsCondition()
              .getMethods()
              .forEach(method -> real.add(method.name().toLowerCase(Locale.ROOT) + " " + path));
        }
      }
    }
    return real;
  }

  private Map<String, Object> description() {
    HttpResponse<String> response = send(to("/openapi.yaml"));
    assertThat(response.statusCode()).isEqualTo(200);
    return map(new Yaml().load(response.body()));
  }

  private static void collectReferences(Object node, Set<String> references) {
    if (node instanceof Map<?, ?> object) {
      if (object.get("$ref") instanceof String reference) {
        references.add(reference);
      }
      object.values().forEach(value -> collectReferences(value, references));
    } else if (node instanceof List<?> list) {
      list.forEach(value -> collectReferences(value, references));
    }
  }

  private static Map<String, Object> section(Map<String, Object> parent, String name) {
    return map(parent.get(name));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object node) {
    assertThat(node).isInstanceOf(Map.class);
    return (Map<String, Object>) node;
  }
}
