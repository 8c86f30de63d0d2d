package dev.platform.spring.start;

import dev.platform.core.start.WarmUps;
import java.util.Objects;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SmartApplicationListener;

/** Ends the warm-up when the context closes. */
final class WarmUpEnd implements SmartApplicationListener {

  private final WarmUps warmUps;
  private final ConfigurableApplicationContext context;

  WarmUpEnd(WarmUps warmUps, ConfigurableApplicationContext context) {
    this.warmUps = warmUps;
    this.context = context;
  }

  /** After the drain, which takes no time before the registration; before all others. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 1;
  }

  @Override
  public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
    return ContextClosedEvent.class.isAssignableFrom(type);
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof ContextClosedEvent closed
        && Objects.equals(closed.getApplicationContext(), context)) {
      warmUps.stop();
    }
  }
}
