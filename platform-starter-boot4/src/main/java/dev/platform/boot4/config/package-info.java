/** Defaults of properties. */
@NullMarked
package dev.platform.boot4.config;

import org.jspecify.annotations.NullMarked;
