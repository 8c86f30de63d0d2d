/** Faults to plant into copies of the platform's classes, for tests that judge tests. */
@NullMarked
package dev.platform.core.planted;

import org.jspecify.annotations.NullMarked;
