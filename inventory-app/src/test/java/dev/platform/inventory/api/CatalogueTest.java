package dev.platform.inventory.api;

import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Lists;
import dev.platform.contracts.inventory.v1.CheckStockRequest;
import dev.platform.contracts.inventory.v1.StockLevel;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.Product;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceBlockingStub;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.inventory.InventoryTest;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogueTest extends InventoryTest {

  private ProductServiceBlockingStub products;
  private RecommendationServiceBlockingStub recommendations;

  @BeforeEach
  void stubs() {
    products = ProductServiceGrpc.newBlockingStub(channel);
    recommendations = RecommendationServiceGrpc.newBlockingStub(channel);
  }

  @Test
  void startsWithASeededCatalogue() {
    Product mug =
        products
            .getProduct(GetProductRequest.newBuilder().setProductId("p-1").build())
            .getProduct();

    assertThat(mug.getName()).isEqualTo("Enamel mug");
    assertThat(mug.getPrice().getMinorUnits()).isEqualTo(1290);
    assertThat(mug.getPrice().getCurrency()).isEqualTo("EUR");
    List<StockLevel> levels =
        inventory
            .checkStock(
                CheckStockRequest.newBuilder()
                    .addAllProductIds(
                        jdbc.sql("select id from product where id like 'p-%'")
                            .query(String.class)
                            .list())
                    .build())
            .getLevelsList();
    assertThat(levels).hasSizeGreaterThanOrEqualTo(20);
    assertThat(levels).allMatch(level -> level.getAvailable() >= 100);
  }

  @Test
  void listsAllProductsByIdOverSeveralPages() {
    for (int i = 0; i < 2 * ProductList.PAGE; i++) {
      product(1);
    }

    List<String> ids =
        Lists.transform(
            Lists.newArrayList(products.listProducts(ListProductsRequest.getDefaultInstance())),
            (ListProductsResponse response) -> response.getProduct().getProductId());

    assertThat(ids)
        .hasSizeGreaterThan(2 * ProductList.PAGE)
        .isSorted()
        .doesNotHaveDuplicates()
        .hasSize(jdbc.sql("select count(*) from product").query(Integer.class).single());
  }

  @Test
  void refusesAnUnknownAndAMissingProduct() {
    assertFails(() -> getProduct("p-none"), NOT_FOUND, "unknown product: p-none");
    assertFails(() -> getProduct(""), INVALID_ARGUMENT, "product_id is required");
  }

  @Test
  void omitsUnknownProductsFromTheLevels() {
    String mug = product(4);

    assertThat(
            inventory
                .checkStock(
                    CheckStockRequest.newBuilder()
                        .addProductIds("p-none")
                        .addProductIds(mug)
                        .addProductIds(mug)
                        .build())
                .getLevelsList())
        .containsExactly(level(mug, 4, 0, 0));
  }

  @Test
  void explainsWhatIsWrongWithARequestForLevels() {
    assertFails(() -> checkStock(List.of()), INVALID_ARGUMENT, "product_ids cannot be empty");
    assertFails(
        () -> checkStock(List.of("p-1", "")), INVALID_ARGUMENT, "product_ids[1] is required");
    assertFails(
        () -> checkStock(Collections.nCopies(1001, "p-1")),
        INVALID_ARGUMENT,
        "product_ids must have at most 1000 entries: 1001");
  }

  @Test
  void recommendsBestSellersInStock() {
    jdbc.sql("update stock set sold = 0").update();
    sold("p-3", 5);
    sold("p-9", 7);
    sold("p-2", 5);
    String soldOut = product(0);
    sold(soldOut, 1000);

    List<String> ids =
        recommendations
            .getRecommendations(GetRecommendationsRequest.newBuilder().setUserId("ann").build())
            .getProductIdsList();

    assertThat(ids).hasSize(5).doesNotContain(soldOut).startsWith("p-9", "p-2", "p-3");
    assertFails(
        () -> recommendations.getRecommendations(GetRecommendationsRequest.getDefaultInstance()),
        INVALID_ARGUMENT,
        "user_id is required");
  }

  private void sold(String productId, int pieces) {
    jdbc.sql("update stock set sold = ? where product_id = ?")
        .param(pieces)
        .param(productId)
        .update();
  }

  private void getProduct(String id) {
    assertThat(products.getProduct(GetProductRequest.newBuilder().setProductId(id).build()))
        .isNotNull();
  }

  private void checkStock(List<String> ids) {
    assertThat(inventory.checkStock(CheckStockRequest.newBuilder().addAllProductIds(ids).build()))
        .isNotNull();
  }
}
