/** What differs between Spring Boot 3.5 and 4.1; the classes are in src/boot3 and src/boot4. */
@NullMarked
package dev.platform.payment.grpc;

import org.jspecify.annotations.NullMarked;
