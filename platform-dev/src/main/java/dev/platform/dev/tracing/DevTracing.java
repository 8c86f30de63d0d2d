package dev.platform.dev.tracing;

import dev.platform.dev.hosting.SharedService;
import java.net.InetSocketAddress;
import java.util.NoSuchElementException;
import org.springframework.core.env.Environment;

/** A trace collector that the apps of a machine share. */
public final class DevTracing {

  /** Where the collector is unless the app's own export of spans goes elsewhere. */
  public static final String DEFAULT_ENDPOINT = "http://127.0.0.1:4317";

  private DevTracing() {}

  /** The collector, not yet started, at an address. */
  public static SharedService at(InetSocketAddress address, DevTracingProperties properties) {
    return new SharedService("traces", address, a -> TraceCollector.start(a, properties));
  }

  /**
   * The collector, not yet started, where the app sends its spans to.
   *
   * @throws NoSuchElementException when that is not a plain-text loopback endpoint for gRPC
   */
  static SharedService at(Environment environment, DevTracingProperties properties) {
    return at(OtlpAddress.in(environment).orElseThrow(), properties);
  }
}
