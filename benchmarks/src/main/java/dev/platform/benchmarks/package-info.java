/** Measurements of discovery, run by hand; see {@code benchmarks/README.md}. */
@NullMarked
package dev.platform.benchmarks;

import org.jspecify.annotations.NullMarked;
