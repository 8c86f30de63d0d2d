package dev.platform.order.platform;

import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The platform's state for the page, which polls it every few seconds. */
@RestController
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
