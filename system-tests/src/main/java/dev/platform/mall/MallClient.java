package dev.platform.mall;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Places orders and follows them, waits for instances, shows an order's trace and how calls are
 * spread over instances.
 *
 * <p>Exit code 0 on success, 1 on failure, 2 for wrong arguments.
 */
public final class MallClient {

  private static final String USAGE =
      """
      usage: java -jar mall-client.jar COMMAND [--name value ...]

      order    places an order and prints its events until it is finished
                 --target host:port   where the order service is (127.0.0.1:50051)
                 --user id            who orders (demo)
                 --item product=n     what to order; repeatable (p-1=1 and p-4=2)
                 --trace-id hex       32 hex digits: the trace that the order belongs to
      await    waits until a service has so many instances in etcd
                 --service name       the service
                 --instances n        how many (1)
                 --seconds n          how long to wait (60)
                 --etcd host:port     where etcd is (127.0.0.1:2379)
      spread   places orders and shows how a service's calls were spread over its instances
                 --service name       the service, as it is registered
                 --grpc-service name  the service, as its calls are counted: package.Service
                 --orders n           how many orders to place (30)
                 --etcd host:port     where etcd is (127.0.0.1:2379)
      refused  asks for something as a stranger, and succeeds if that is refused
                 --call what          refund, or notify: a forged notification (refund)
                 --target host:port   where the service is (127.0.0.1:50053, or 50051)
      trace    shows where an order went, who called whom and for how long
                 --trace-id hex       32 hex digits: the trace
                 --zipkin host:port   where Zipkin is (127.0.0.1:9411)
                 --seconds n          how long to wait for its spans (15)

      order, spread and refused, with mutual TLS and a user:
                 --tls folder         the folder of certificates; without it, in plain text
                 --as name            whose certificate there: name.pem and name-key.pem
                 --token-file file    the user's token; the user of the order, then
      """;

  /** Referenced here, or the log manager would drop the logger and its level. */
  private static final Logger grpcLog = Logger.getLogger("io.grpc");

  private MallClient() {}

  /** Runs one command and ends the process. */
  public static void main(String[] args) {
    // gRPC would report a connection that fails with a stack trace; the status says the same.
    grpcLog.setLevel(Level.OFF);
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    System.exit(run(args));
  }

  static int run(String... args) {
    try {
      Arguments arguments = Arguments.parse(args);
      return switch (arguments.command()) {
        case "order" -> PlaceOrder.run(arguments);
        case "await" -> AwaitInstances.run(arguments);
        case "trace" -> ShowTrace.run(arguments);
        case "spread" -> ShowSpread.run(arguments);
        case "refused" -> ShowRefusal.run(arguments);
        default -> throw new IllegalArgumentException("unknown command: " + arguments.command());
      };
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println();
      System.err.print(USAGE);
      return 2;
    } catch (StatusRuntimeException e) {
      System.err.println("failed: " + e.getStatus().getCode() + " " + description(e));
      return 1;
    } catch (IOException e) {
      System.err.println("failed: " + e);
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  /** gRPC reports "io exception"; the details, "Connection refused", are in the cause. */
  static String description(StatusRuntimeException e) {
    String description = e.getStatus().getDescription();
    Throwable cause = e.getStatus().getCause();
    return (description == null ? "" : description)
        + (cause == null ? "" : " (" + cause.getMessage() + ")");
  }
}
