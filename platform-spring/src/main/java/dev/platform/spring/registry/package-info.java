/** The write side: keeps this process's registration in etcd. */
@NullMarked
package dev.platform.spring.registry;

import org.jspecify.annotations.NullMarked;
