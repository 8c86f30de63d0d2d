/** What an instance of a service is, and how it is written into etcd. */
@NullMarked
package dev.platform.core.instance;

import org.jspecify.annotations.NullMarked;
