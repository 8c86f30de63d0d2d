/** SQL ends with the call that it is for. */
@NullMarked
package dev.platform.starter.jdbc;

import org.jspecify.annotations.NullMarked;
