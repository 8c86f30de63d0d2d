/** Graceful start and stop. */
@NullMarked
package dev.platform.spring.drain;

import org.jspecify.annotations.NullMarked;
