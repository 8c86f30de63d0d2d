package dev.platform.inventory.api;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The refresh of watched levels.
 *
 * @param interval pause between two reads of the watched levels, at least 10ms
 */
@ConfigurationProperties("mall.inventory.watch")
record StockFeedProperties(@DefaultValue("200ms") Duration interval) {

  StockFeedProperties {
    if (interval.toMillis() < 10) {
      throw new IllegalArgumentException(
          "mall.inventory.watch.interval: " + interval.toMillis() + "ms (expected: >= 10ms)");
    }
  }
}
