package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.WebElement;

/**
 * A customer signs in on the page of a secured mall, orders, and sees there that a stranger was
 * refused.
 */
class SignInIT {

  private static final Path PICTURES =
      Path.of(System.getProperty("mall.pictures", "target/screenshots"));
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String CUSTOMER = "bea";

  @Test
  void aCustomerSignsInAndOrdersAndSeesWhoWasRefused() throws Exception {
    Browser.require();
    try (SecureMall secure = SecureMall.open("sign-in")) {
      secure.configure(App.ORDER, Map.of("MALL_LOGIN_CLIENTID", "mall-page"));
      secure.mall().startAll();
      AppProcess order = secure.app(App.ORDER);
      String page = "http://127.0.0.1:" + order.httpPort() + "/";
      try (Browser browser = Browser.start(1280, 1400)) {
        browser.open(page);
        awaitText(browser, "#session-user", "You are a guest");

        signIn(browser);
        awaitText(browser, "#session-user", "Signed in as " + CUSTOMER);

        browser.find("[data-product=p-4] button").click();
        browser.find("#place").click();
        String orderId = browser.find("#order-id").getText();
        assertThat(ownerOf(orderId, secure)).isEqualTo(CUSTOMER);

        assertThat(codeOf(orders(secure, "stranger"), orderId)).isEqualTo(Code.PERMISSION_DENIED);
        browser.open(page + "#platform");
        WebElement refused = browser.find("#rules .failing");
        assertThat(refused.getText()).isEqualTo("1");
        // Into view.
        refused.click();
        assertThat(browser.find("#security-state").getText())
            .contains("All connections use mutual TLS", "What no rule allows is refused");
        browser.screenshot(PICTURES.resolve("rules.png"));

        browser.open(page);
        browser.find("#sign-out").click();
        awaitText(browser, "#session-user", "You are a guest");
      }
    }
  }

  /** On the page of the issuer of tokens. */
  private static void signIn(Browser browser) {
    browser.find("#sign-in").click();
    WebElement user = browser.find("#subject");
    user.clear();
    user.sendKeys(CUSTOMER);
    browser.find("#sign-in").click();
  }

  private static String ownerOf(String orderId, SecureMall secure) {
    return orders(secure, SecureMall.CLIENT)
        .getOrder(GetOrderRequest.newBuilder().setOrderId(orderId).build())
        .getUserId();
  }

  private static Code codeOf(OrderServiceBlockingStub orders, String orderId) {
    GetOrderRequest request = GetOrderRequest.newBuilder().setOrderId(orderId).build();
    return Assertions.catchThrowableOfType(
            StatusRuntimeException.class, () -> orders.getOrder(request))
        .getStatus()
        .getCode();
  }

  /** Calls of a workload on behalf of the customer. */
  private static OrderServiceBlockingStub orders(SecureMall secure, String workload) {
    return OrderServiceGrpc.newBlockingStub(
            secure.onBehalfOf(
                secure.token(CUSTOMER, "customer"),
                secure.channel(workload, secure.app(App.ORDER), "order-service")))
        .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private static void awaitText(Browser browser, String selector, String text) {
    await(text).atMost(LIMIT).until(() -> browser.find(selector).getText().equals(text));
  }
}
