/** Outgoing calls are protected from what they call. */
@NullMarked
package dev.platform.spring.resilience;

import org.jspecify.annotations.NullMarked;
