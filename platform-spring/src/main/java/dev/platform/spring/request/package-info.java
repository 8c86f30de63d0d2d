/** What comes in of a call: whole, readable and in time, or refused before a handler sees it. */
@NullMarked
package dev.platform.spring.request;

import org.jspecify.annotations.NullMarked;
