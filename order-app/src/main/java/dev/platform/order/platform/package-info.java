/** What this process knows of the platform around it, for the page to show. Read-only. */
@NullMarked
package dev.platform.order.platform;

import org.jspecify.annotations.NullMarked;
