/** Settings that contradict each other or do nothing are found at the start, and named. */
@NullMarked
package dev.platform.spring.check;

import org.jspecify.annotations.NullMarked;
