/** The platform's defaults, and failures that say which property is wrong. */
@NullMarked
package dev.platform.spring.config;

import org.jspecify.annotations.NullMarked;
