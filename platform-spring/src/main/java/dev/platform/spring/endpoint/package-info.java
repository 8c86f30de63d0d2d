/** What the platform believes, for people to read. */
@NullMarked
package dev.platform.spring.endpoint;

import org.jspecify.annotations.NullMarked;
