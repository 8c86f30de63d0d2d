package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.springframework.util.FileSystemUtils;

/** A real headless Chromium, operated by keyboard. */
final class Browser implements AutoCloseable {

  private static final String NO_SKIPS = "platform.test.no-skips";
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final int MANY_TABS = 200;

  private final Path profile;
  private final ChromeDriver driver;

  private Browser(Path profile, ChromeDriver driver) {
    this.profile = profile;
    this.driver = driver;
  }

  /** Skips the test if Chromium is missing, or fails it with no-skips. */
  static Browser start() {
    Optional<File> chromium = program("chromium");
    Optional<File> chromedriver = program("chromedriver");
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      String message =
          "tests in a browser are skipped: no `chromium` and `chromedriver` on the PATH;"
              + " get them with `apt-get install chromium chromium-driver`";
      if (Boolean.getBoolean(NO_SKIPS)) {
        throw new IllegalStateException(message + " (" + NO_SKIPS + " is true)");
      }
      Assumptions.abort(message);
    }
    try {
      Path profile = Files.createTempDirectory("chromium-");
      ChromeDriverService service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(chromedriver.orElseThrow())
              .usingAnyFreePort()
              .build();
      return new Browser(profile, new ChromeDriver(service, options(chromium.get(), profile)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ChromeOptions options(File chromium, Path profile) {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, java.util.logging.Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium);
    options.setCapability("goog:loggingPrefs", logs);
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
        "--hide-scrollbars",
        "--user-data-dir=" + profile);
    return options;
  }

  void open(String url) {
    driver.get(url);
  }

  /** Sets the screen size in CSS pixels. */
  void resize(int width, int height, boolean phone) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
  }

  /** Sets the colour scheme and disables motion, so that clicked elements stay in place. */
  void prefer(String colourScheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", colourScheme),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  String text(String selector) {
    return String.valueOf(run("return document.querySelector(arguments[0]).innerText", selector));
  }

  boolean shows(String selector) {
    return all(selector).stream().anyMatch(WebElement::isDisplayed);
  }

  String title() {
    return driver.getTitle();
  }

  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Presses Tab until the focused element has this accessible name. */
  WebElement tabTo(String accessibleName) {
    for (int i = 0; i < MANY_TABS; i++) {
      WebElement focused = driver.switchTo().activeElement();
      if (focused.getAccessibleName().equals(accessibleName)) {
        return focused;
      }
      focused.sendKeys(Keys.TAB);
    }
    throw new AssertionError("the keyboard does not get to: " + accessibleName);
  }

  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  /** Violations of the page's security policy, and script errors. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getMessage())
        .filter(message -> !message.contains("Failed to load resource"))
        .toList();
  }

  /** For manual inspection, in {@code target/screenshots/}. */
  void screenshot(String name) {
    Object data =
        driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png")).get("data");
    byte[] png = Base64.getDecoder().decode((String) data);
    assertThat(png.length).as("page content").isGreaterThan(10_000);
    try {
      Files.write(Files.createDirectories(SCREENSHOTS).resolve(name + ".png"), png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
    try {
      FileSystemUtils.deleteRecursively(profile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<File> program(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> new File(folder, name))
        .filter(File::canExecute)
        .findFirst();
  }
}
