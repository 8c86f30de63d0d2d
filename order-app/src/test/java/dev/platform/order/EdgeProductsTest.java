package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.platform.order.degraded.LastProducts;
import io.grpc.Status;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class EdgeProductsTest extends EdgeTest {

  @Autowired private LastProducts lastProducts;

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
  void omitsStockIfInventoryServiceIsDown() {
    MALL.checkingStock = Status.UNAVAILABLE;

    JsonNode answer = json(send(to("/api/products")));

    assertThat(entry(answer, "p-mug").has("stock")).isFalse();
    assertThat(answer.get("degradedFeatures")).isEqualTo(json("[\"stock\"]"));
  }

  @Test
  void showsTheLastListAndItsAgeIfProductServiceIsDown() {
    MALL.sells("p-compass", 2999, 7);
    assertThat(json(send(to("/api/products"))).get("productAgeSeconds").intValue()).isZero();
    MALL.listingProducts = Status.UNAVAILABLE;
    MALL.stock.put("p-compass", 6);

    JsonNode answer = json(send(to("/api/products")));

    assertThat(entry(answer, "p-compass").at("/product/name").textValue()).isEqualTo("The compass");
    assertThat(entry(answer, "p-compass").at("/stock/available").textValue()).isEqualTo("6");
    assertThat(answer.get("degradedFeatures")).isEqualTo(json("[\"product-details\"]"));
    assertThat(answer.get("productAgeSeconds").intValue()).isBetween(1, 60);
  }

  @Test
  void anOrderIsPricedFromTheLastList() {
    MALL.sells("p-sextant", 9900, 7);
    json(send(to("/api/products")));
    MALL.productsAway.add("p-sextant");

    JsonNode answer = json(send(post(orderJson("p-sextant", 1))));

    assertThat(answer.at("/total/minorUnits").textValue()).isEqualTo("9900");
    assertThat(answer.get("degradedFeatures")).isEqualTo(json("[\"product-details\"]"));
  }

  @Test
  void reportsThatProductServiceIsDownWithoutItsAddress() {
    lastProducts.clear();
    MALL.listingProducts = Status.UNAVAILABLE.withDescription("no route to 10.0.0.7:50052");

    JsonNode problem = problem(send(to("/api/products")), 503);

    assertThat(problem.get("detail").textValue())
        .isEqualTo("product-service can't be reached or returned an error");
  }

  private static JsonNode entry(JsonNode answer, String productId) {
    return StreamSupport.stream(answer.get("products").spliterator(), false)
        .filter(entry -> entry.at("/product/productId").textValue().equals(productId))
        .findFirst()
        .orElse(null);
  }
}
