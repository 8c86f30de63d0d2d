/** Who calls: the workload by its certificate, and the user by a checked token. */
@NullMarked
package dev.platform.core.identity;

import org.jspecify.annotations.NullMarked;
