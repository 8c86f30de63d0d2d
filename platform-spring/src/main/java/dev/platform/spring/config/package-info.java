/** The platform's defaults, and failures that name the invalid property. */
@NullMarked
package dev.platform.spring.config;

import org.jspecify.annotations.NullMarked;
