package dev.platform.inventory.domain;

import java.util.function.Supplier;

/** All or nothing. */
public interface Transaction {

  /** Does the work in one transaction; an exception undoes all of it and is thrown on. Blocks. */
  <T> T within(Supplier<T> work);
}
