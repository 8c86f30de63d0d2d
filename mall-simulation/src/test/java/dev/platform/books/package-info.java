/**
 * The books of the mall: the applications' own classes and SQL on a real PostgreSQL, in one process
 * that decides what happens at each statement and each call.
 */
@NullMarked
package dev.platform.books;

import org.jspecify.annotations.NullMarked;
