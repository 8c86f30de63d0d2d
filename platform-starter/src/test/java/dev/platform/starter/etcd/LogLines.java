package dev.platform.starter.etcd;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.platform.core.etcd.EtcdConnection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What this package logs from INFO up, as {@code WARN etcd at …}. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger logger =
      (Logger) LoggerFactory.getLogger(EtcdConnection.class.getPackageName());

  public LogLines() {
    start();
    logger.addAppender(this);
  }

  /** Those about one etcd, and those that name none. */
  public List<String> about(String endpoint) {
    return lines.stream()
        .filter(line -> !line.contains("etcd at [") || line.contains(endpoint))
        .toList();
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
      lines.add(event.getLevel() + " " + event.getFormattedMessage());
    }
  }

  @Override
  public void close() {
    logger.detachAppender(this);
  }
}
