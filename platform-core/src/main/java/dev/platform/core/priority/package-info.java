/** How much calls matter: their priority travels with the work over all hops. */
@NullMarked
package dev.platform.core.priority;

import org.jspecify.annotations.NullMarked;
