/** Configuration checks at the start. */
@NullMarked
package dev.platform.spring.check;

import org.jspecify.annotations.NullMarked;
