/** SQL ends with the call that it is for. */
@NullMarked
package dev.platform.jdbc;

import org.jspecify.annotations.NullMarked;
