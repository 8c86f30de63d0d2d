/** Outgoing calls are protected from what they call. */
@NullMarked
package dev.platform.starter.resilience;

import org.jspecify.annotations.NullMarked;
