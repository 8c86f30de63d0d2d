package dev.platform.order.customer;

import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.User;
import dev.platform.order.customer.CustomerProperties.Identity;
import java.util.Optional;

/**
 * What belongs to whom. A call of a known customer is about that customer's own orders and
 * notifications, nobody else's. Without one, it may be about anybody's, unless customers must be
 * known. Asks for the caller of the current call ({@link CallerIdentity#current()}). Thread-safe,
 * never blocks.
 */
public final class Ownership {

  private final boolean required;

  private Ownership(Identity identity) {
    this.required = identity == Identity.REQUIRED;
  }

  /** By whether customers must be known. */
  public static Ownership of(Identity identity) {
    return new Ownership(identity);
  }

  /**
   * The user that a request is for: the customer, whom it may leave out; what it says if there is
   * none.
   *
   * @param field the request's field, for messages
   * @param requested its value; may be empty
   * @throws IdentityException if it names another user, or no customer is known who must be
   */
  public String userOf(String field, String requested) {
    Optional<String> customer = customer();
    if (customer.isEmpty() || requested.isEmpty()) {
      return customer.orElse(requested);
    }
    if (!requested.equals(customer.get())) {
      throw IdentityException.otherUser(field);
    }
    return requested;
  }

  /**
   * Refuses a call of which no customer is known who must be: whatever it asks for, whether that
   * exists or not.
   *
   * @throws IdentityException if so
   */
  public void requireKnown() {
    customer();
  }

  /**
   * Whether the customer may know of something that belongs to this user.
   *
   * @throws IdentityException if no customer is known who must be
   */
  public boolean maySee(String owner) {
    return customer().map(owner::equals).orElse(true);
  }

  /**
   * Refuses a customer's message to another user. Services send messages for themselves, to
   * anybody.
   *
   * @param field the message's field, for messages
   * @throws IdentityException if the customer is another user
   */
  public void requireRecipient(String field, String recipient) {
    Optional<User> customer = CallerIdentity.current().user();
    if (customer.isPresent() && !customer.get().subject().equals(recipient)) {
      throw IdentityException.otherUser(field);
    }
  }

  private Optional<String> customer() {
    Optional<User> user = CallerIdentity.current().user();
    if (user.isEmpty() && required) {
      throw IdentityException.unknownCustomer();
    }
    return user.map(User::subject);
  }
}
