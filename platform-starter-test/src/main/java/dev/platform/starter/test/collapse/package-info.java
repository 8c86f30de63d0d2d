/** Looks for loads and triggers after which an application does not recover by itself. */
@NullMarked
package dev.platform.starter.test.collapse;

import org.jspecify.annotations.NullMarked;
