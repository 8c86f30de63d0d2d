/** Which instance a call goes to. */
@NullMarked
package dev.platform.core.balancer;

import org.jspecify.annotations.NullMarked;
