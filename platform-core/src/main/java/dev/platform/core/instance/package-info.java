/** An instance of a service, and its encoding in etcd. */
@NullMarked
package dev.platform.core.instance;

import org.jspecify.annotations.NullMarked;
