package dev.platform.order.session;

/**
 * Who a browser's session belongs to.
 *
 * @param kind whether the user has signed in
 * @param userId the user's name: the token's subject, or a guest's random one
 */
record Session(Kind kind, String userId) {

  enum Kind {
    GUEST,
    CUSTOMER
  }

  /** What a cookie has. */
  String text() {
    return kind + " " + userId;
  }

  static Session of(String text) {
    int space = text.indexOf(' ');
    return new Session(Kind.valueOf(text.substring(0, space)), text.substring(space + 1));
  }
}
