/** Fault injection, for tests and game days. */
@NullMarked
package dev.platform.spring.fault;

import org.jspecify.annotations.NullMarked;
