package dev.platform.order.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Places an order at most once for each idempotency key, and answers it. The key is claimed before
 * anything else happens, and released when nothing was recorded.
 */
public final class PlaceOrderOnce {

  static final String RECOMMENDATIONS = "recommendations";

  private final PlaceOrder placeOrder;
  private final OrderRequests requests;
  private final Orders orders;
  private final Recommendations recommendations;
  private final BestSellers bestSellers;
  private final Clock clock;
  private final Duration claimTimeout;

  /**
   * @param claimTimeout the age at which a claim without an order counts as abandoned by a crashed
   *     process
   */
  public PlaceOrderOnce(
      PlaceOrder placeOrder,
      OrderRequests requests,
      Orders orders,
      Recommendations recommendations,
      BestSellers bestSellers,
      Clock clock,
      Duration claimTimeout) {
    this.placeOrder = placeOrder;
    this.requests = requests;
    this.orders = orders;
    this.recommendations = recommendations;
    this.bestSellers = bestSellers;
    this.clock = clock;
    this.claimTimeout = claimTimeout;
  }

  /**
   * Returns the paid order, or the first answer again. Blocks on remote calls and the database.
   *
   * @throws OrderException when it is refused, or its outcome is not known yet
   * @throws RemoteFailure when another service failed and nothing was ordered
   */
  public PlacedOrder place(OrderRequest request) {
    String orderId = UUID.randomUUID().toString();
    if (!request.isRepeatable()) {
      Order order = placeOrder.place(orderId, request);
      return new PlacedOrder(order, suggest(order));
    }
    return requests
        .claim(request, orderId, clock.instant())
        .map(claim -> placeAgain(claim, orderId, request))
        .orElseGet(() -> placeClaimed(orderId, request));
  }

  private PlacedOrder placeAgain(OrderRequests.Claim claim, String orderId, OrderRequest request) {
    if (!claim.fingerprint().equals(request.fingerprint())) {
      throw OrderException.keyReused(request.idempotencyKey());
    }
    return orders
        .find(claim.orderId())
        .map(order -> answerAgain(order, claim))
        .orElseGet(() -> takeOver(claim, orderId, request));
  }

  private PlacedOrder answerAgain(Order order, OrderRequests.Claim claim) {
    Order paid = PlaceOrder.ifPaid(order);
    return new PlacedOrder(paid, claim.suggestions().orElseGet(() -> suggestAndRemember(paid)));
  }

  private PlacedOrder takeOver(OrderRequests.Claim claim, String orderId, OrderRequest request) {
    Instant now = clock.instant();
    boolean leftBehind = !claim.claimedAt().plus(claimTimeout).isAfter(now);
    if (leftBehind && requests.takeOver(claim, orderId, now)) {
      return placeClaimed(orderId, request);
    }
    throw OrderException.inProgress(request.idempotencyKey());
  }

  private PlacedOrder placeClaimed(String orderId, OrderRequest request) {
    Order order;
    try {
      order = placeOrder.place(orderId, request);
    } catch (RuntimeException e) {
      abandonAfter(e, orderId);
      throw e;
    }
    return new PlacedOrder(order, suggestAndRemember(order));
  }

  private void abandonAfter(RuntimeException failure, String orderId) {
    try {
      requests.abandon(orderId);
    } catch (RuntimeException e) {
      // An old enough claim is taken over.
      failure.addSuppressed(e);
    }
  }

  private Suggestions suggestAndRemember(Order order) {
    Suggestions suggestions = suggest(order);
    requests.remember(order.id(), suggestions);
    return suggestions;
  }

  private Suggestions suggest(Order order) {
    try {
      return new Suggestions(recommendations.forUser(order.userId()), List.of());
    } catch (RemoteFailure e) {
      return new Suggestions(bestSellers.ids(), List.of(RECOMMENDATIONS));
    }
  }
}
