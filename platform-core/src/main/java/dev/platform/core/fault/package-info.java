/** Fault injection, for tests and game days. */
@NullMarked
package dev.platform.core.fault;

import org.jspecify.annotations.NullMarked;
