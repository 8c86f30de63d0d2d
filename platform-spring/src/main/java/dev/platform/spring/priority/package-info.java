/** The priority of calls, which travels with the work over all hops. */
@NullMarked
package dev.platform.spring.priority;

import org.jspecify.annotations.NullMarked;
