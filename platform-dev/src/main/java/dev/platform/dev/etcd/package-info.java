@NullMarked
package dev.platform.dev.etcd;

import org.jspecify.annotations.NullMarked;
