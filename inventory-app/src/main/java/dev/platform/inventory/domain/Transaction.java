package dev.platform.inventory.domain;

import java.util.function.Supplier;

/** A database transaction. */
public interface Transaction {

  /** Runs the work in one transaction; an exception rolls it back and is rethrown. Blocks. */
  <T> T within(Supplier<T> work);
}
