/** What a process does between its start and its first call, so that this call is fast. */
@NullMarked
package dev.platform.core.start;

import org.jspecify.annotations.NullMarked;
