/** Coming and going without a caller noticing. */
@NullMarked
package dev.platform.starter.drain;

import org.jspecify.annotations.NullMarked;
