@NullMarked
package dev.platform.dev.tracing;

import org.jspecify.annotations.NullMarked;
