package dev.platform.spring.security;

import dev.platform.core.identity.User;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/** What Spring Security is to know of a user. */
@FunctionalInterface
interface SecurityAuthentications {

  /** Null for a user that it is not to know. */
  @Nullable Authentication of(User user);
}
