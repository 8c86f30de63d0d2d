@NullMarked
package dev.platform.inventory;

import org.jspecify.annotations.NullMarked;
