package dev.platform.order.customer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.User;
import dev.platform.order.customer.CustomerProperties.Identity;
import dev.platform.order.customer.IdentityException.Kind;
import io.grpc.Context;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OwnershipTest {

  private final Ownership open = Ownership.of(Identity.OPEN);
  private final Ownership required = Ownership.of(Identity.REQUIRED);

  @Test
  void withoutACustomerAnOpenMallBelievesWhatARequestSays() {
    assertThat(open.userOf("user_id", "ana")).isEqualTo("ana");
    assertThat(open.userOf("user_id", "")).isEmpty();
    assertThat(open.maySee("ana")).isTrue();
  }

  @Test
  void withoutACustomerAMallThatNeedsOneRefuses() {
    assertRefused(() -> required.userOf("user_id", "ana"), Kind.UNKNOWN_CUSTOMER);
    assertRefused(() -> required.maySee("ana"), Kind.UNKNOWN_CUSTOMER);
  }

  @ParameterizedTest
  @EnumSource
  void aCustomerIsAlwaysTheOwner(Identity mode) {
    Ownership ownership = Ownership.of(mode);
    as(
        "ana",
        () -> {
          assertThat(ownership.userOf("user_id", "")).isEqualTo("ana");
          assertThat(ownership.userOf("user_id", "ana")).isEqualTo("ana");
          assertRefused(() -> ownership.userOf("user_id", "ben"), Kind.OTHER_USER);
          assertThat(ownership.maySee("ana")).isTrue();
          assertThat(ownership.maySee("ben")).isFalse();
        });
  }

  @Test
  void servicesNotifyAnybodyAndCustomersThemselves() {
    assertThatCode(() -> required.requireRecipient("notification.user_id", "ben"))
        .doesNotThrowAnyException();
    as(
        "ana",
        () -> {
          open.requireRecipient("notification.user_id", "ana");
          assertRefused(
              () -> open.requireRecipient("notification.user_id", "ben"), Kind.OTHER_USER);
        });
  }

  private static void as(String subject, Runnable work) {
    CallerIdentity.anonymous()
        .onBehalfOf(new User(subject, "tests", Set.of(), null))
        .attachedTo(Context.ROOT)
        .run(work);
  }

  private static void assertRefused(ThrowingCallable call, Kind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(IdentityException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
