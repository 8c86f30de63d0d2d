/** Fallbacks for unavailable services, and how often they are used. */
@NullMarked
package dev.platform.order.degraded;

import org.jspecify.annotations.NullMarked;
