/** What stands in for services that are away, and how often it does. */
@NullMarked
package dev.platform.order.degraded;

import org.jspecify.annotations.NullMarked;
