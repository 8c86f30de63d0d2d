/** Certificates for tests, created at run time. */
@NullMarked
package dev.platform.starter.test.tls;

import org.jspecify.annotations.NullMarked;
