/** An issuer of tokens for development: OpenID Connect, as much as applications need. */
@NullMarked
package dev.platform.dev.issuer;

import org.jspecify.annotations.NullMarked;
