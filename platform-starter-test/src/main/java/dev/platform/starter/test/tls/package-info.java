/** Certificates for tests, made on the spot. */
@NullMarked
package dev.platform.starter.test.tls;

import org.jspecify.annotations.NullMarked;
