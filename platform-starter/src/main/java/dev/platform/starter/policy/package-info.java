/** Settings that contradict each other or do nothing are found at the start, and named. */
@NullMarked
package dev.platform.starter.policy;

import org.jspecify.annotations.NullMarked;
