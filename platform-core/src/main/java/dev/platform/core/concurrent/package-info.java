/** Threads, and pauses between attempts. */
@NullMarked
package dev.platform.core.concurrent;

import org.jspecify.annotations.NullMarked;
