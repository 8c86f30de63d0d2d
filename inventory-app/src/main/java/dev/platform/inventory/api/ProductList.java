package dev.platform.inventory.api;

import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.inventory.domain.Catalogue;
import dev.platform.inventory.domain.Product;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Streams all products to a client: a page is read when the previous one has been sent, so a slow
 * client costs a page of memory and no connection. Confined to the call's own serialised callbacks.
 */
final class ProductList {

  static final int PAGE = 100;

  private final Catalogue catalogue;
  private final ServerCallStreamObserver<ListProductsResponse> out;
  private final Deque<Product> page = new ArrayDeque<>();
  private String lastRead = "";
  private boolean allRead;
  private boolean completed;

  ProductList(Catalogue catalogue, ServerCallStreamObserver<ListProductsResponse> out) {
    this.catalogue = catalogue;
    this.out = out;
  }

  void start() {
    out.setOnReadyHandler(this::send);
    send();
  }

  private void send() {
    while (!completed && out.isReady() && !out.isCancelled()) {
      if (page.isEmpty() && !allRead) {
        read();
      }
      Product next = page.poll();
      if (next == null) {
        completed = true;
        out.onCompleted();
        return;
      }
      out.onNext(
          ListProductsResponse.newBuilder().setProduct(ProductMessages.product(next)).build());
    }
  }

  private void read() {
    List<Product> products = catalogue.after(lastRead, PAGE);
    allRead = products.size() < PAGE;
    if (!products.isEmpty()) {
      lastRead = products.get(products.size() - 1).id();
      page.addAll(products);
    }
  }
}
