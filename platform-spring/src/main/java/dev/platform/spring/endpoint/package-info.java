/** The platform's current view, for people to read. */
@NullMarked
package dev.platform.spring.endpoint;

import org.jspecify.annotations.NullMarked;
