/** Graceful start and stop. */
@NullMarked
package dev.platform.core.drain;

import org.jspecify.annotations.NullMarked;
