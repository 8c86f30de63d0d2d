/** The interceptor chains, and the caller's name in outgoing calls. */
@NullMarked
package dev.platform.spring.chain;

import org.jspecify.annotations.NullMarked;
