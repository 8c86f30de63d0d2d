package dev.platform.core;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Records log events from INFO up during a test, as {@code WARN etcd at …}; for
 * {@code @RegisterExtension}. Thread-safe.
 */
public final class LogLines implements BeforeEachCallback, AfterEachCallback {

  private final Recorder recorder = new Recorder();
  private final Logger logger;

  private LogLines(String name) {
    this.logger = (Logger) LoggerFactory.getLogger(name);
  }

  /** Records all loggers. */
  public static LogLines ofAll() {
    return new LogLines(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  /** Records the loggers in the package of a class. */
  public static LogLines ofPackage(Class<?> type) {
    return new LogLines(type.getPackageName());
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    recorder.start();
    logger.addAppender(recorder);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    logger.detachAppender(recorder);
    recorder.stop();
  }

  /** One entry for each event, with its stack trace if any. */
  public List<String> lines() {
    return List.copyOf(recorder.lines);
  }

  /** All lines as one text. */
  public String text() {
    return String.join("\n", recorder.lines);
  }

  /** The number of lines that contain a text. */
  public long count(String text) {
    return recorder.lines.stream().filter(line -> line.contains(text)).count();
  }

  private static final class Recorder extends AppenderBase<ILoggingEvent> {

    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
        IThrowableProxy failure = event.getThrowableProxy();
        lines.add(
            event.getLevel()
                + " "
                + event.getFormattedMessage()
                + (failure == null ? "" : "\n" + ThrowableProxyUtil.asString(failure)));
      }
    }
  }
}
