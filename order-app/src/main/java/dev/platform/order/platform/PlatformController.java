package dev.platform.order.platform;

import dev.platform.spring.endpoint.PlatformEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The platform's state for the page, which polls it every few seconds. */
@RestController
@ConditionalOnAvailableEndpoint(endpoint = PlatformEndpoint.class)
class PlatformController {

  private final PlatformOverview overview;

  PlatformController(PlatformOverview overview) {
    this.overview = overview;
  }

  @GetMapping("/api/platform")
  ResponseEntity<PlatformView> platform() {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(overview.view());
  }
}
