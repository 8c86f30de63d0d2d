/** Free ports, and network faults on loopback connections. */
@NullMarked
package dev.platform.starter.test.net;

import org.jspecify.annotations.NullMarked;
