/** Beside a service mesh, whose proxies do a part of the platform's work. */
@NullMarked
package dev.platform.spring.mesh;

import org.jspecify.annotations.NullMarked;
