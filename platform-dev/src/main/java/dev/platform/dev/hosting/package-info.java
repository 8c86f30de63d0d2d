@NullMarked
package dev.platform.dev.hosting;

import org.jspecify.annotations.NullMarked;
