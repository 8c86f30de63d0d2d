package dev.platform.order.api;

import org.springframework.context.ApplicationContext;

/** The number of open streams of an app. */
public final class OpenStreams {

  private OpenStreams() {}

  public static int watches(ApplicationContext app) {
    return app.getBean(OrderService.class).openWatches();
  }

  public static int subscriptions(ApplicationContext app) {
    return app.getBean(NotificationService.class).openSubscriptions();
  }
}
