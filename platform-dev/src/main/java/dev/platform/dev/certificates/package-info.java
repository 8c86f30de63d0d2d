/** A certificate authority for development, and the certificates of applications. */
@NullMarked
package dev.platform.dev.certificates;

import org.jspecify.annotations.NullMarked;
