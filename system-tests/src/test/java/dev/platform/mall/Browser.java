package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.springframework.util.FileSystemUtils;

/** A real headless Chromium. Skips or fails the test if it is missing. */
final class Browser implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path profile;
  private final ChromeDriver driver;

  private Browser(Path profile, ChromeDriver driver) {
    this.profile = profile;
    this.driver = driver;
  }

  /** Call this before starting anything expensive. */
  static void require() {
    Programs.require("chromium", "chromium");
    Programs.require("chromedriver", "chromium-driver");
  }

  static Browser start(int width, int height) throws IOException {
    Path profile = Files.createTempDirectory("chromium-");
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Programs.path("chromedriver").toFile())
            .usingAnyFreePort()
            .build();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(Programs.path("chromium").toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Clicked elements stay in place.
        "--force-prefers-reduced-motion",
        "--hide-scrollbars",
        "--window-size=" + width + "," + height,
        "--user-data-dir=" + profile);
    Browser browser = new Browser(profile, new ChromeDriver(service, options));
    ProcessReaper.childrenChanged();
    return browser;
  }

  void open(String url) {
    driver.get(url);
  }

  void reload() {
    driver.navigate().refresh();
  }

  /** Waits until the element is visible. */
  WebElement find(String selector) {
    return await(selector + " is shown")
        .atMost(LIMIT)
        .until(
            () ->
                driver.findElements(By.cssSelector(selector)).stream()
                    .filter(WebElement::isDisplayed)
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** Clicks an element that opens a new tab, and switches to that tab. */
  void follow(String selector) {
    Set<String> before = driver.getWindowHandles();
    find(selector).click();
    Set<String> opened =
        await("a new tab")
            .atMost(LIMIT)
            .until(
                () -> {
                  Set<String> now = driver.getWindowHandles();
                  now.removeAll(before);
                  return now;
                },
                now -> !now.isEmpty());
    driver.switchTo().window(opened.iterator().next());
  }

  String url() {
    return driver.getCurrentUrl();
  }

  /** Waits until the page shows these lines, in this order, with any lines between them. */
  void awaitLines(String[] lines, Duration limit) {
    await()
        .atMost(limit)
        .untilAsserted(() -> assertThat(text().lines().toList()).containsSubsequence(lines));
  }

  private String text() {
    return String.valueOf(driver.executeScript("return document.body.innerText"));
  }

  /** For manual inspection of the build. */
  void screenshot(Path png) {
    try {
      Files.createDirectories(png.toAbsolutePath().getParent());
      Files.write(png, driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
    ProcessReaper.childrenChanged();
    try {
      FileSystemUtils.deleteRecursively(profile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
