package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EdgeProductsTest extends EdgeTest {

  @AfterEach
  void allIsWell() {
    MALL.checkingStock = Status.OK;
    MALL.listingProducts = Status.OK;
  }

  @Test
  void listsAllProductsWithTheirStock() {
    MALL.sells("p-globe", 4999, 7);

    JsonNode answer = json(send(to("/api/products")));

    assertThat(entry(answer, "p-globe"))
        .isEqualTo(
            json(
                """
                {
                  "product": {
                    "productId": "p-globe",
                    "name": "The globe",
                    "description": "As good as any globe.",
                    "price": {"minorUnits": "4999", "currency": "EUR"}
                  },
                  "stock": {"productId": "p-globe", "available": "7", "reserved": "0", "sold": "0"}
                }"""));
    assertThat(entry(answer, "p-mug")).isNotNull();
    assertThat(answer.get("degradedFeatures")).isEqualTo(json("[]"));
    assertThat(answer.get("more").booleanValue()).isFalse();
  }

  @Test
  void doesWithoutStockWhenInventoryServiceIsAway() {
    MALL.checkingStock = Status.UNAVAILABLE;

    JsonNode answer = json(send(to("/api/products")));

    assertThat(entry(answer, "p-mug").has("stock")).isFalse();
    assertThat(answer.get("degradedFeatures")).isEqualTo(json("[\"stock\"]"));
  }

  @Test
  void saysThatProductServiceIsAwayButNotWhere() {
    MALL.listingProducts = Status.UNAVAILABLE.withDescription("no route to 10.0.0.7:50052");

    JsonNode problem = problem(send(to("/api/products")), 503);

    assertThat(problem.get("detail").textValue())
        .isEqualTo("product-service can't be reached or does not answer as it should");
  }

  private static JsonNode entry(JsonNode answer, String productId) {
    return StreamSupport.stream(answer.get("products").spliterator(), false)
        .filter(entry -> entry.at("/product/productId").textValue().equals(productId))
        .findFirst()
        .orElse(null);
  }
}
