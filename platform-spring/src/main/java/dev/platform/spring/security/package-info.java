/** Who calls, and who may call: transport security, authentication, authorization. */
@NullMarked
package dev.platform.spring.security;

import org.jspecify.annotations.NullMarked;
