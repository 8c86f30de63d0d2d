/** Every call has a deadline, and its remaining time travels with the work. */
@NullMarked
package dev.platform.spring.deadline;

import org.jspecify.annotations.NullMarked;
