/** Failures that name the invalid property. */
@NullMarked
package dev.platform.core.config;

import org.jspecify.annotations.NullMarked;
