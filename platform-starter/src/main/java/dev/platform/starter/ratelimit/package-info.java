/** A server takes only so many calls in a time. */
@NullMarked
package dev.platform.starter.ratelimit;

import org.jspecify.annotations.NullMarked;
