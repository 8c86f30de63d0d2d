/** Defaults of properties. */
@NullMarked
package dev.platform.starter.config;

import org.jspecify.annotations.NullMarked;
