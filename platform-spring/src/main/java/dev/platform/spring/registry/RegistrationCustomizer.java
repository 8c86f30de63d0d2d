package dev.platform.spring.registry;

import java.util.Map;

/** Changes the metadata that this process registers with. */
@FunctionalInterface
public interface RegistrationCustomizer {

  /**
   * Called once at start, with metadata that may be changed. Entries whose value is null or empty
   * are left out.
   */
  void customize(Map<String, String> metadata);
}
