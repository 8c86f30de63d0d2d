package dev.platform.inventory.api;

import dev.platform.inventory.domain.StockLevels;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StockFeedProperties.class)
class StockFeedConfiguration {

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService stockFeedExecutor() {
    return Executors.newSingleThreadScheduledExecutor(
        work -> {
          Thread thread = new Thread(work, "stock-feed");
          thread.setDaemon(true);
          return thread;
        });
  }

  @Bean(initMethod = "start")
  StockFeed stockFeed(
      StockLevels levels,
      ScheduledExecutorService stockFeedExecutor,
      StockFeedProperties properties) {
    return new StockFeed(levels, stockFeedExecutor, properties.interval());
  }
}
