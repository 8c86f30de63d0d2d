@NullMarked
package dev.platform.order;

import org.jspecify.annotations.NullMarked;
