/** Which instance a call goes to. */
@NullMarked
package dev.platform.starter.balancer;

import org.jspecify.annotations.NullMarked;
