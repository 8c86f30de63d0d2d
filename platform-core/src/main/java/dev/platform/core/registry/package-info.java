/** The write side: this process's instances are kept in etcd. */
@NullMarked
package dev.platform.core.registry;

import org.jspecify.annotations.NullMarked;
