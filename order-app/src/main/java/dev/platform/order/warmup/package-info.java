/** Orders that nobody has placed, so that the first real one is fast. */
@NullMarked
package dev.platform.order.warmup;

import org.jspecify.annotations.NullMarked;
