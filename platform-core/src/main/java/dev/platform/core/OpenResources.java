package dev.platform.core;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a platform has opened: closed in reverse order, each once. Thread-safe. */
final class OpenResources implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OpenResources.class);

  // guarded by this
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Closes this resource, too; returns it. */
  synchronized <T extends AutoCloseable> T add(T resource) {
    opened.push(resource);
    return resource;
  }

  /** A resource that can't be closed does not keep others open. */
  @Override
  public synchronized void close() {
    while (!opened.isEmpty()) {
      AutoCloseable resource = opened.pop();
      try {
        resource.close();
      } catch (Exception e) {
        log.warn("{} can't be closed", resource.getClass().getSimpleName(), e);
      }
    }
  }
}
