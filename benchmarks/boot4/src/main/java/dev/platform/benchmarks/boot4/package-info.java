/** What is measured on Spring Boot 4.1. */
@NullMarked
package dev.platform.benchmarks.boot4;

import org.jspecify.annotations.NullMarked;
