package dev.platform.books;

/**
 * Something was chosen at a point of a history.
 *
 * @param at the point's number
 * @param step the step there; a repetition must come to the same one
 */
record Decision(int at, Choice choice, Step step) {

  @Override
  public String toString() {
    return choice + " at " + at + ", " + step;
  }
}
