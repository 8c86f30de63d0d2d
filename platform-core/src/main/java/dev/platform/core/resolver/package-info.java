/** gRPC targets resolved from the directory or any other discovery client. */
@NullMarked
package dev.platform.core.resolver;

import org.jspecify.annotations.NullMarked;
