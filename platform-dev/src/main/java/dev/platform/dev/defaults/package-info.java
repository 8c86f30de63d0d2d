@NullMarked
package dev.platform.dev.defaults;

import org.jspecify.annotations.NullMarked;
