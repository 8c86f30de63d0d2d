/** Reservations that nobody has made, so that the first real one is fast. */
@NullMarked
package dev.platform.inventory.warmup;

import org.jspecify.annotations.NullMarked;
