/** Export of spans. */
@NullMarked
package dev.platform.boot4.telemetry;

import org.jspecify.annotations.NullMarked;
