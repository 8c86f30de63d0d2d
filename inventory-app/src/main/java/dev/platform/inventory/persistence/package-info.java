/** The inventory's tables in PostgreSQL, one plain SQL statement a step. */
@NullMarked
package dev.platform.inventory.persistence;

import org.jspecify.annotations.NullMarked;
