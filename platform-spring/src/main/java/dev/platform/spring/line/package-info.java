/** Checks that the starter supports the application's Spring Boot line. */
@NullMarked
package dev.platform.spring.line;

import org.jspecify.annotations.NullMarked;
