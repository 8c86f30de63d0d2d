/** A server works on only so many calls at once. */
@NullMarked
package dev.platform.core.concurrency;

import org.jspecify.annotations.NullMarked;
