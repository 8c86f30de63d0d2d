/** Beside Spring Cloud Gateway. */
@NullMarked
package dev.platform.spring.gateway;

import org.jspecify.annotations.NullMarked;
