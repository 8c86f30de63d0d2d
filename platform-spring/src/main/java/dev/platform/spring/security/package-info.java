/** Who may connect to whom, as properties: mutual TLS between services. */
@NullMarked
package dev.platform.spring.security;

import org.jspecify.annotations.NullMarked;
