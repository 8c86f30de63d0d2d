/** What the inventory knows and may do: plain Java, no framework, SQL or proto. */
@NullMarked
package dev.platform.inventory.domain;

import org.jspecify.annotations.NullMarked;
