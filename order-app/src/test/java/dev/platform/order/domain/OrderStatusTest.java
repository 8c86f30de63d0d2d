package dev.platform.order.domain;

import static dev.platform.order.domain.OrderStatus.CANCELLED;
import static dev.platform.order.domain.OrderStatus.COMPLETED;
import static dev.platform.order.domain.OrderStatus.CREATED;
import static dev.platform.order.domain.OrderStatus.PAID;
import static dev.platform.order.domain.OrderStatus.SHIPPED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrderStatusTest {

  private static final Map<OrderStatus, Set<OrderStatus>> LEGAL =
      Map.of(
          CREATED, Set.of(PAID, CANCELLED),
          PAID, Set.of(SHIPPED),
          SHIPPED, Set.of(COMPLETED),
          COMPLETED, Set.of(),
          CANCELLED, Set.of());

  @ParameterizedTest
  @EnumSource
  void allowsLegalTransitionsAndNamesBothStatesOfAnIllegalOne(OrderStatus from) {
    for (OrderStatus to : OrderStatus.values()) {
      if (LEGAL.get(from).contains(to)) {
        assertThat(from.moveTo(to)).isEqualTo(to);
      } else {
        assertThatThrownBy(() -> from.moveTo(to))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining(from.name())
            .hasMessageContaining(to.name());
      }
    }
  }
}
