/** The registration in Boot's health endpoint. */
@NullMarked
package dev.platform.boot4.registry;

import org.jspecify.annotations.NullMarked;
