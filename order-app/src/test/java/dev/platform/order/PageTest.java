package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.order.FakeMall.Paying;
import io.grpc.Status;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser. */
class PageTest extends FullMallTest {

  private static Browser browser;

  @BeforeAll
  static void startBrowser() {
    browser = Browser.start();
    MALL.sells("p-lamp", 7900, 120);
    MALL.sells("p-apron", 2900, 60);
    MALL.sells("p-basket", 3400, 80);
    MALL.sells("p-bell", 1990, 500);
    MALL.sells("p-clock", 3990, 30);
    MALL.sells("p-chair", 18900, 5);
    MALL.sells("p-vase", 4500, 0);
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void openShop() {
    browser.resize(1280, 900, false);
    browser.prefer("light");
    browser.open("about:blank");
    browser.open("http://127.0.0.1:" + httpPort + "/");
    await(() -> browser.shows("[data-product=p-mug] .price"));
    browser.run("document.querySelector('#user').value = arguments[0]", user);
  }

  @AfterEach
  void thePageKeptToItsPolicy() {
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void ordersByKeyboardAloneAndFollowsTheOrderToItsEnd() {
    browser.tabTo("Skip to content");
    browser.tabTo("Add The mug to basket").sendKeys(Keys.ENTER);
    assertThat(browser.text("#shop-status")).isEqualTo("The mug added, 1 in the basket.");
    browser.tabTo("Quantity of The mug").sendKeys(Keys.chord(Keys.CONTROL, "a"), "3");
    assertThat(browser.text("#basket-total")).isEqualTo("€59.97");
    browser.tabTo("Place order").sendKeys(Keys.ENTER);

    await(() -> browser.shows("#order"));
    assertThat(browser.focused().getAttribute("id")).isEqualTo("order-title");
    await(() -> browser.all("#order-steps li.done").size() == 4);
    assertThat(browser.text("#order-live")).isEqualTo("Delivered.");
    assertThat(browser.text("#order-steps"))
        .contains("Received", "Paid", "On its way", "Delivered");
    assertThat(browser.text("#order-id")).isEqualTo(onlyOrder());
    assertThat(browser.find("#trace-link").getAttribute("href"))
        .matches(TRACES.replace(".", "\\.") + "[0-9a-f]{32}");
    assertThat(browser.text("#suggested")).contains("+ The mug", "+ The pen");
    assertThat(browser.text("#basket-empty")).isEqualTo("Your basket is empty.");
    browser.screenshot("shop");
  }

  @Test
  void showsStockAsItChanges() {
    assertThat(browser.text("[data-product=p-chair] .stock")).isEqualTo("Only 5 left");
    assertThat(browser.text("[data-product=p-vase] .stock")).isEqualTo("Sold out");
    assertThat(browser.find("[data-product=p-vase] button").isEnabled()).isFalse();

    MALL.stock.put("p-vase", 40);

    await(() -> browser.text("[data-product=p-vase] .stock").equals("40 in stock"));
    assertThat(browser.find("[data-product=p-vase] button").isEnabled()).isTrue();
    MALL.stock.put("p-vase", 0);
  }

  @Test
  void explainsWhyAnOrderWasRefused() {
    MALL.paying.put(user, Paying.DECLINES);

    orderOneMug();

    await(() -> browser.shows("#order-alert"));
    assertThat(browser.find("#order-alert").getAriaRole()).isEqualTo("alert");
    assertThat(browser.text("#order-alert"))
        .contains("Your order could not be accepted.", FakeMall.DECLINE_REASON)
        .contains("Nothing was reserved or charged.")
        .contains("See where it went wrong");
    assertThat(browser.shows("#order")).isFalse();
    assertThat(browser.all(".basket-item")).hasSize(1);
  }

  @Test
  void saysThatTheOutcomeIsUnknown() {
    MALL.paying.put(user, Paying.LOSES_ANSWER);
    MALL.paymentRecordsAway.add(user);

    orderOneMug();

    await(() -> browser.shows("#order-alert"));
    assertThat(browser.text("#order-alert"))
        .contains("We don't know yet whether your order was accepted.")
        .contains("it is the same order, and is charged once");

    browser.find("[data-product=p-mug] button").sendKeys(Keys.ENTER);
    assertThat(browser.shows("#order-alert")).as("alert of the previous order").isFalse();
  }

  @Test
  void theBasketIsLockedWhileOrdering() {
    MALL.paying.put(user, Paying.HANGS);
    MALL.paymentRecordsAway.add(user);

    orderOneMug();
    browser.find("[data-product=p-bell] button").sendKeys(Keys.ENTER);

    assertThat(browser.text("#shop-status")).startsWith("Your order is being placed");
    assertThat(browser.all(".basket-item")).hasSize(1);
    assertThat(browser.find(".basket-item input").isEnabled()).isFalse();
    assertThat(browser.find("#user").isEnabled()).isFalse();
    await(() -> browser.shows("#order-alert"));
    assertThat(browser.find(".basket-item input").isEnabled()).isTrue();
    assertThat(browser.find("#place").isEnabled()).isTrue();
  }

  @Test
  void aProductThatVanishesFromTheCatalogueLocksNothing() {
    MALL.sells("p-kite", 1500, 5);
    await(() -> browser.shows("[data-product=p-kite] button"));
    browser.find("[data-product=p-kite] button").click();
    MALL.prices.remove("p-kite");
    await(() -> browser.all("[data-product=p-kite]").isEmpty());

    browser.find("#place").click();

    await(() -> browser.shows("#order-alert"));
    await(() -> browser.find("#place").isEnabled());
    assertThat(browser.text(".basket-item")).contains("The kite", "€15.00, no longer sold");
    browser.find(".basket-item button").click();
    assertThat(browser.all(".basket-item")).isEmpty();
    orderOneMug();
    await(() -> browser.shows("#order"));
  }

  /** Such as a proxy's, or a later version's. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | null",
        "200 | []",
        "200 | {}",
        "200 | <html>",
        "400 | null",
        "400 | {\"details\": 5}",
        "412 | {\"code\": \"FAILED_PRECONDITION\", \"details\": [null, {\"violations\": 7}]}",
        "502 | <html>",
        "500 | {}"
      })
  void thePageRecoversFromAnyAnswer(int status, String answer) {
    browser.find("[data-product=p-mug] button").click();
    browser.run(
        "const real = window.fetch;"
            + "window.fetch = (path, options) => path === '/api/orders'"
            + " ? Promise.resolve(new Response(arguments[0], { status: arguments[1] }))"
            + " : real(path, options);"
            + "window.answerAgain = () => { window.fetch = real; };",
        answer,
        status);

    browser.find("#place").click();

    await(() -> browser.shows("#order-alert"));
    await(() -> browser.find("#place").isEnabled());
    assertThat(browser.find(".basket-item input").isEnabled()).isTrue();
    browser.run("window.answerAgain()");
    browser.find("#place").click();
    await(() -> browser.shows("#order"));
  }

  @Test
  void showsTheDegradedFeaturesOfAnOrder() {
    MALL.withoutRecommendations.add(user);

    orderOneMug();

    await(() -> browser.shows("#order-degraded"));
    assertThat(browser.text("#order-degraded"))
        .contains("Recommendations took too long to come: these are what sells best.")
        .contains("Your order is not affected.");
    assertThat(browser.text("#suggested")).contains("+ The mug");
  }

  @Test
  void showsTheAgeOfPricesIfTheCatalogueIsDown() {
    MALL.productsAway.add("p-mug");
    MALL.listingProducts = Status.UNAVAILABLE;
    try {
      await(() -> browser.text("#stock-note").matches("Products as they were \\d+ seconds? ago.*"));
      orderOneMug();

      await(() -> browser.shows("#order-degraded"));
      assertThat(browser.text("#order-degraded"))
          .containsPattern("you paid the prices of \\d+ (second|minute)s? ago");
      browser.screenshot("shop-degraded");
    } finally {
      MALL.productsAway.remove("p-mug");
      MALL.listingProducts = Status.OK;
    }
    await(() -> browser.text("#stock-note").equals("Live stock"));
  }

  @Test
  void asksForANameBeforeOrdering() {
    browser.run("document.querySelector('#user').value = ''");

    orderOneMug();

    await(() -> browser.shows("#order-alert"));
    assertThat(browser.text("#order-alert")).contains("Please enter your name.");
    assertThat(browser.focused().getAttribute("id")).isEqualTo("user");
    assertThat(browser.focused().getAttribute("aria-invalid")).isEqualTo("true");
  }

  @Test
  void showsThePlatformLive() {
    orderOneMug();
    await(() -> browser.shows("#order"));
    browser.tabTo("Platform").sendKeys(Keys.ENTER);

    await(() -> browser.text("#services").contains("order-service"));
    assertThat(browser.focused().getAttribute("id")).isEqualTo("platform-title");
    assertThat(browser.title()).startsWith("Platform");
    assertThat(browser.find("[data-view=platform]").getAttribute("aria-current")).isEqualTo("page");
    assertThat(browser.shows("#shop")).isFalse();
    await(() -> browser.text("#self").contains("Held"));
    await(() -> browser.text("#services").contains("this one"));
    assertThat(browser.text("#services")).contains("notification-service", "eu-1", "from etcd");
    assertThat(browser.text("#breakers")).contains("Closed: calls go through");
    assertThat(browser.text("#calls")).contains("OrderService/CreateOrder");
    browser.screenshot("platform");
  }

  @Test
  void fitsAPhone() {
    browser.resize(390, 844, true);
    browser.find("[data-product=p-mug] button").click();
    await(() -> browser.shows("#to-basket"));
    assertFits();
    browser.screenshot("shop-phone");

    browser.find("#to-basket").click();
    await(() -> !browser.shows("#to-basket"));
    assertThat(browser.find("#place").isDisplayed()).isTrue();

    browser.find("[data-view=platform]").click();
    await(() -> browser.text("#services").contains("order-service"));
    assertFits();
    browser.screenshot("platform-phone");
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void isAccessible(String colourScheme) {
    browser.prefer(colourScheme);
    orderOneMug();
    await(() -> browser.all("#order-steps li.done").size() == 4);
    assertAccessible();

    browser.find("[data-view=platform]").click();
    await(() -> browser.shows("#breakers li"));
    assertAccessible();
  }

  private void orderOneMug() {
    // An earlier click may have left the product below the header, which stays at the top.
    browser.run("window.scrollTo(0, 0)");
    browser.find("[data-product=p-mug] button").click();
    browser.find("#place").click();
  }

  private static void assertFits() {
    assertThat(browser.run("return document.documentElement.scrollWidth - innerWidth"))
        .as("pixels beyond the right edge")
        .isEqualTo(0L);
    for (WebElement control : browser.all("button, input, nav a")) {
      if (control.isDisplayed()) {
        assertThat(control.getSize().getHeight())
            .as(control.getAccessibleName())
            .isGreaterThanOrEqualTo(38);
      }
    }
  }

  private static void assertAccessible() {
    for (WebElement control : browser.all("button, input, a, [role=region], table, section")) {
      if (control.isDisplayed() && !control.getTagName().equals("table")) {
        assertThat(control.getAccessibleName()).as(control.getAttribute("outerHTML")).isNotBlank();
      }
    }
    assertThat(browser.all("h1").stream().filter(WebElement::isDisplayed)).hasSize(1);
    assertThat(browser.find("html").getAttribute("lang")).isEqualTo("en");
    assertThat(browser.find("nav").getAriaRole()).isEqualTo("navigation");
    assertThat(browser.find("main").getAriaRole()).isEqualTo("main");
    assertThat((List<?>) browser.run(Contrast.SCRIPT))
        .as("text with too little contrast")
        .isEmpty();
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await().atMost(SOON.multipliedBy(2)).until(condition);
  }
}
