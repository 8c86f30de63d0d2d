package dev.platform.spring.http;

import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.core.StandardContext;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/**
 * For each line's Tomcat: moves the filter that receives bodies behind all others, also behind
 * those of the same order and those of single servlets, and switches it on. Runs before the server
 * accepts connections.
 */
public final class LastFilter implements LifecycleListener {

  static final String NAME = "platformBodyReceivingFilter";

  private final BodyReceivingFilter filter;

  LastFilter(BodyReceivingFilter filter) {
    this.filter = filter;
  }

  @Override
  public void lifecycleEvent(LifecycleEvent event) {
    if (!event.getType().equals(Lifecycle.AFTER_START_EVENT)
        || !(event.getLifecycle() instanceof StandardContext context)
        || context.findFilterDef(NAME) == null) {
      return;
    }
    for (FilterMap map : context.findFilterMaps()) {
      if (map.getFilterName().equals(NAME)) {
        context.removeFilterMap(map);
      }
    }
    context.addFilterMap(forAllServlets());
    context.getPipeline().addValve(new UnreadBodyValve());
    filter.switchOn();
  }

  private static FilterMap forAllServlets() {
    FilterMap map = new FilterMap();
    map.setFilterName(NAME);
    map.addServletName("*");
    map.setDispatcher("REQUEST");
    map.setDispatcher("ASYNC");
    return map;
  }
}
