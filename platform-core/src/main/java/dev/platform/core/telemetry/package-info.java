/** Spans and timers of gRPC calls, cheap enough to be always on. */
@NullMarked
package dev.platform.core.telemetry;

import org.jspecify.annotations.NullMarked;
