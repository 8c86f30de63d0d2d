@NullMarked
package dev.platform.dev.postgres;

import org.jspecify.annotations.NullMarked;
