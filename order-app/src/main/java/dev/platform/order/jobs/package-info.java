/** Runs the background jobs, measures how far behind they are, and shows what they have parked. */
@NullMarked
package dev.platform.order.jobs;

import org.jspecify.annotations.NullMarked;
