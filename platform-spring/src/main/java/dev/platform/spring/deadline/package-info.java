/** Deadlines of calls, and propagation of the remaining time. */
@NullMarked
package dev.platform.spring.deadline;

import org.jspecify.annotations.NullMarked;
