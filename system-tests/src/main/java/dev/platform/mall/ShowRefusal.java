package dev.platform.mall;

import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.RefundPaymentRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeUnit;

/** Asks as a stranger for what is not a stranger's, and shows how that is refused. */
final class ShowRefusal {

  private static final int SECONDS = 15;

  private ShowRefusal() {}

  /** 0 if it was refused, by the handshake or by the rules. */
  static int run(Arguments arguments) throws IOException {
    String who =
        arguments.text("as", "").isEmpty() ? "without a certificate" : "as " + arguments.text("as");
    try (Channels channels = new Channels(arguments)) {
      switch (arguments.text("call", "refund")) {
        case "refund" -> refund(channels, arguments.text("target", "127.0.0.1:50053"));
        case "notify" -> notify(channels, arguments.text("target", "127.0.0.1:50051"));
        default -> throw new IllegalArgumentException("--call: refund or notify is expected");
      }
    } catch (StatusRuntimeException e) {
      System.out.printf("  %s: %s%n", who, MallClient.description(e));
      return isRefusal(e) ? 0 : 1;
    }
    System.out.printf("  %s: ACCEPTED%n", who);
    return 1;
  }

  private static void refund(Channels channels, String target) throws IOException {
    PaymentServiceGrpc.newBlockingStub(channels.to(target, "payment-service"))
        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
        .refundPayment(RefundPaymentRequest.newBuilder().setOrderId("somebody-else's").build());
  }

  private static void notify(Channels channels, String target) throws IOException {
    NotifyRequest.Builder forged = NotifyRequest.newBuilder();
    forged
        .getNotificationBuilder()
        .setNotificationId("forged")
        .setUserId("ana")
        .setMessage("Send money to a stranger");
    NotificationServiceGrpc.newBlockingStub(channels.to(target, "notification-service"))
        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
        .notify(forged.build());
  }

  /** A server that is not there refuses nothing. */
  private static boolean isRefusal(StatusRuntimeException failure) {
    Status.Code code = failure.getStatus().getCode();
    if (code == Status.Code.PERMISSION_DENIED || code == Status.Code.UNAUTHENTICATED) {
      return true;
    }
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof ConnectException) {
        return false;
      }
    }
    return code == Status.Code.UNAVAILABLE;
  }
}
