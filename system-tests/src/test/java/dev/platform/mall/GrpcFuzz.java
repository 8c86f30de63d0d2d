package dev.platform.mall;

import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import io.grpc.Channel;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Malformed calls of any method of the seven services, each generated from its number. */
final class GrpcFuzz {

  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int SHOWN = 80;

  /** One call in this many sends a too large message. */
  private static final int TOO_LARGE = 2000;

  /** Methods whose calls may be cancelled midway: they change nothing. */
  private static final Set<String> READING =
      Set.of(
          "GetOrder",
          "WatchOrder",
          "CheckStock",
          "WatchStock",
          "GetProduct",
          "ListProducts",
          "GetRecommendations",
          "GetPayment");

  private record Rpc(MethodDescriptor method, Channel channel) {

    String name() {
      return method.getService().getFullName() + "/" + method.getName();
    }
  }

  private final long seed;
  private final List<String> known;
  private final Findings findings;
  private final ReportedEffects effects;
  private final List<Rpc> rpcs = new ArrayList<>();
  private final Rpc setBehaviour;

  /**
   * @param channels one to each app
   * @param known texts known to the apps
   */
  GrpcFuzz(
      long seed,
      Map<App, ? extends Channel> channels,
      List<String> known,
      Findings findings,
      ReportedEffects effects) {
    this.seed = seed;
    this.known = known;
    this.findings = findings;
    this.effects = effects;
    add(OrderServiceGrpc.getServiceDescriptor(), channels.get(App.ORDER));
    add(NotificationServiceGrpc.getServiceDescriptor(), channels.get(App.ORDER));
    add(InventoryServiceGrpc.getServiceDescriptor(), channels.get(App.INVENTORY));
    add(ProductServiceGrpc.getServiceDescriptor(), channels.get(App.INVENTORY));
    add(RecommendationServiceGrpc.getServiceDescriptor(), channels.get(App.INVENTORY));
    add(PaymentServiceGrpc.getServiceDescriptor(), channels.get(App.PAYMENT));
    add(BankGatewayGrpc.getServiceDescriptor(), channels.get(App.PAYMENT));
    setBehaviour =
        rpcs.stream()
            .filter(rpc -> rpc.method().getName().equals("SetBehaviour"))
            .findFirst()
            .orElseThrow();
    // It affects all other calls, so it runs after them.
    rpcs.remove(setBehaviour);
  }

  private void add(ServiceDescriptor service, Channel channel) {
    ((ProtoServiceDescriptorSupplier) service.getSchemaDescriptor())
        .getServiceDescriptor()
        .getMethods()
        .forEach(method -> rpcs.add(new Rpc(method, channel)));
  }

  /** All methods except the bank's setBehaviour. */
  List<String> methods() {
    return rpcs.stream().map(Rpc::name).toList();
  }

  /** Starts a call; the future completes at its end and never fails. */
  CompletableFuture<?> call(int number) {
    Random random = new Random(seed * 1_000_003 + number);
    return call(number, rpcs.get(random.nextInt(rpcs.size())), random);
  }

  /** Starts a setBehaviour call; the future never fails. */
  CompletableFuture<?> setBehaviour(int number) {
    return call(number, setBehaviour, new Random(seed * 1_000_003 + number));
  }

  private CompletableFuture<?> call(int number, Rpc rpc, Random random) {
    List<String> texts = new ArrayList<>(known);
    for (int i = 0; i < 10; i++) {
      texts.add("n-" + number + "-" + i);
    }
    OddMessages messages = new OddMessages(random, texts);
    List<byte[]> sent = new ArrayList<>();
    RawCall call = RawCall.start(rpc.channel(), rpc.name(), DEADLINE);
    boolean halfClosed = converse(call, rpc.method(), messages, random, sent);
    byte[] last = sent.isEmpty() ? new byte[0] : sent.get(sent.size() - 1);
    String shown = "#%d %s %s".formatted(number, rpc.name(), shown(sent));
    return call.end()
        .thenAccept(end -> ended(rpc, halfClosed, last, end, shown))
        .exceptionally(
            failure -> {
              findings.wrong(shown, "can't be judged: " + failure);
              return null;
            });
  }

  /** Sends random messages, and returns whether it half-closed the call. */
  private static boolean converse(
      RawCall call,
      MethodDescriptor method,
      OddMessages messages,
      Random random,
      List<byte[]> sent) {
    if (random.nextInt(TOO_LARGE) == 0) {
      // Only message of its call: gRPC loses the connection if it rejects one while the call ends
      // anyway.
      byte[] message = messages.tooLarge();
      sent.add(message);
      call.send(message);
      call.halfClose();
      return true;
    }
    int many = method.isClientStreaming() ? random.nextInt(20) : 1;
    int ending = random.nextInt(1000);
    if (!method.isClientStreaming() && ending < 60) {
      many = ending < 30 ? 0 : 2;
    }
    for (int i = 0; i < many; i++) {
      byte[] message = messages.bytes(method.getInputType());
      sent.add(message);
      call.send(message);
    }
    if (ending >= 60 && ending < 110) {
      call.cancel();
      return false;
    }
    if (ending >= 110 && ending < 113) {
      // Then sends nothing; an open stream may stay silent for ever.
      if (method.isClientStreaming() && method.isServerStreaming()) {
        call.cancel();
      }
      return false;
    }
    call.halfClose();
    if (ending >= 113 && ending < 140 && READING.contains(method.getName())) {
      call.cancel();
    }
    return true;
  }

  private void ended(Rpc rpc, boolean halfClosed, byte[] last, RawCall.End end, String shown) {
    Status status = end.status();
    findings.ended(rpc.name(), status.getCode().name());
    String description = status.getDescription();
    switch (status.getCode()) {
      case INTERNAL, UNKNOWN, DATA_LOSS, UNIMPLEMENTED -> findings.wrong(shown, "got " + status);
      case OK -> {}
      case UNAVAILABLE -> {
        // CreateOrder may time out in the services behind it on a busy machine.
        if (!rpc.method().getName().equals("CreateOrder")) {
          findings.wrong(shown, "got " + status);
        }
      }
      default -> {
        if (description == null || description.isBlank()) {
          findings.wrong(shown, "has no description: " + status.getCode());
        } else {
          findings.checkTold(description, shown);
        }
      }
    }
    if (halfClosed && !READING.contains(rpc.method().getName())) {
      effects.of(rpc.name(), last, end);
    }
  }

  private static String shown(List<byte[]> sent) {
    StringBuilder text = new StringBuilder(sent.size() + " messages");
    for (byte[] message : sent.subList(0, Math.min(3, sent.size()))) {
      int length = Math.min(SHOWN, message.length);
      text.append(" [")
          .append(message.length)
          .append("] ")
          .append(HexFormat.of().formatHex(message, 0, length));
    }
    return text.toString();
  }
}
