/** Coming and going without a caller noticing. */
@NullMarked
package dev.platform.spring.drain;

import org.jspecify.annotations.NullMarked;
