/** Every outgoing call has a deadline. */
@NullMarked
package dev.platform.starter.deadline;

import org.jspecify.annotations.NullMarked;
