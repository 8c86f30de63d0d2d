/** The inventory's gRPC services: validate, translate, answer. */
@NullMarked
package dev.platform.inventory.api;

import org.jspecify.annotations.NullMarked;
