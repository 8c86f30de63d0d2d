package dev.platform.books;

import java.util.regex.Pattern;

/**
 * The tables in which threads of a scenario use the same rows. Only before a statement on one of
 * them, or later in its transaction, does a switch make a difference: any other step commutes with
 * those of other threads.
 */
final class SharedTables {

  private final Pattern names;

  private SharedTables(String names) {
    this.names = Pattern.compile("\\b(" + names + ")\\b");
  }

  static SharedTables of(String... names) {
    return new SharedTables(String.join("|", names));
  }

  static SharedTables none() {
    return of("there_is_none");
  }

  boolean have(String sql) {
    return names.matcher(sql).find();
  }
}
