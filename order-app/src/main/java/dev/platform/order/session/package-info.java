/** Who a request over HTTP is from: bearer tokens, session cookies, and signing in. */
@NullMarked
package dev.platform.order.session;

import org.jspecify.annotations.NullMarked;
