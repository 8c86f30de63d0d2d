package dev.platform.order.edge;

import dev.platform.contracts.inventory.v1.StockLevel;
import dev.platform.contracts.product.v1.Product;
import dev.platform.order.degraded.DegradedAnswers;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** The catalogue with the current stock. */
@RestController
class ProductController {

  private static final String ALL = "all";

  private final ProductsWithStock products;
  private final SharedReads<String, ProductsWithStock.Contents> reads;
  private final CallTimeouts timeouts;
  private final DegradedAnswers degraded;

  ProductController(
      ProductsWithStock products,
      SharedReads<String, ProductsWithStock.Contents> reads,
      CallTimeouts timeouts,
      DegradedAnswers degraded) {
    this.products = products;
    this.reads = reads;
    this.timeouts = timeouts;
    this.degraded = degraded;
  }

  @GetMapping("/api/products")
  ResponseEntity<String> products(
      @RequestHeader(name = CallTimeouts.HEADER, required = false) @Nullable String timeout) {
    Duration within = timeouts.of(timeout);
    ProductsWithStock.Contents contents =
        reads.get(ALL, within, shared -> products.contents(shared ? timeouts.usual() : within));
    degraded.count("products", contents.degradedFeatures());
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noStore())
        .body(json(contents));
  }

  /** Each product and level as protobuf writes it, in an object of our own. */
  private static String json(ProductsWithStock.Contents contents) {
    StringJoiner products = new StringJoiner(",", "[", "]");
    for (Product product : contents.products()) {
      StockLevel level = contents.levels().get(product.getProductId());
      products.add(
          "{\"product\":%s%s}"
              .formatted(
                  ProtoJson.write(product),
                  level == null ? "" : ",\"stock\":" + ProtoJson.write(level)));
    }
    List<String> degraded =
        contents.degradedFeatures().stream().map(feature -> '"' + feature + '"').toList();
    return "{\"products\":%s,\"degradedFeatures\":%s,\"productAgeSeconds\":%d,\"more\":%s}"
        .formatted(products, degraded, inSeconds(contents.age()), contents.more());
  }

  /** Rounded up: 0 is reserved for a new list. */
  private static long inSeconds(Duration age) {
    return (age.toMillis() + 999) / 1000;
  }
}
