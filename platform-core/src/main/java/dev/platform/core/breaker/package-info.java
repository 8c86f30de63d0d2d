/** Outgoing calls are protected from what they call. */
@NullMarked
package dev.platform.core.breaker;

import org.jspecify.annotations.NullMarked;
