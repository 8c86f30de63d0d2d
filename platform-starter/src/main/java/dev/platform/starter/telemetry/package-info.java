/** Export of spans. */
@NullMarked
package dev.platform.starter.telemetry;

import org.jspecify.annotations.NullMarked;
