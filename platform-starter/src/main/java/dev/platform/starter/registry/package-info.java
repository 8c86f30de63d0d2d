/** The registration in Boot's health endpoint. */
@NullMarked
package dev.platform.starter.registry;

import org.jspecify.annotations.NullMarked;
