/** The chart in {@code helm/}, rendered by Helm itself. */
@NullMarked
package dev.platform.helm;

import org.jspecify.annotations.NullMarked;
