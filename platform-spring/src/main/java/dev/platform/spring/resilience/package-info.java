/** Circuit breakers, and Resilience4j's annotations. */
@NullMarked
package dev.platform.spring.resilience;

import org.jspecify.annotations.NullMarked;
