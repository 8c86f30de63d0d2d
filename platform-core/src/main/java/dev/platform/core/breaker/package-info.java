/** Circuit breakers of client calls. */
@NullMarked
package dev.platform.core.breaker;

import org.jspecify.annotations.NullMarked;
