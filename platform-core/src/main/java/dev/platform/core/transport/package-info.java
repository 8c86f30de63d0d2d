/** How services are connected: mutual TLS, with certificates that can be replaced. */
@NullMarked
package dev.platform.core.transport;

import org.jspecify.annotations.NullMarked;
