package dev.platform.books;

/** Unwinds a thread of a process that was cut. What its code still tries reaches nothing. */
final class Killed extends Error {

  private static final long serialVersionUID = 1;

  Killed(String process) {
    super(process, null, false, false);
  }
}
