/** A server works on only so many calls at once. */
@NullMarked
package dev.platform.spring.concurrency;

import org.jspecify.annotations.NullMarked;
