/** Stubs as beans, the same on both lines of Spring Boot. */
@NullMarked
package dev.platform.spring.client;

import org.jspecify.annotations.NullMarked;
