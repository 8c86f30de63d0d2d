/** The read side: one watched directory of other services' instances. */
@NullMarked
package dev.platform.core.discovery;

import org.jspecify.annotations.NullMarked;
