/** What the platform believes, for people to read. */
@NullMarked
package dev.platform.starter.endpoint;

import org.jspecify.annotations.NullMarked;
