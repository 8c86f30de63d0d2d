/** The warm-up between the start of the servers and readiness. */
@NullMarked
package dev.platform.spring.start;

import org.jspecify.annotations.NullMarked;
