/** Development-time services. Never part of a packaged app. */
@NullMarked
package dev.platform.dev;

import org.jspecify.annotations.NullMarked;
