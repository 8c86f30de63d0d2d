/** A server takes only so many calls in a time. */
@NullMarked
package dev.platform.spring.ratelimit;

import org.jspecify.annotations.NullMarked;
