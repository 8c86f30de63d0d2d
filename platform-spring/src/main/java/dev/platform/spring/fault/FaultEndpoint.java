package dev.platform.spring.fault;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.fault.Fault;
import dev.platform.core.fault.Faults;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.convert.DurationStyle;

/**
 * {@code /actuator/faults}: lists, injects and ends faults. Invalid input is answered with 400 and
 * the reason.
 */
@WebEndpoint(id = "faults")
public final class FaultEndpoint {

  private final Faults faults;

  FaultEndpoint(Faults faults) {
    this.faults = faults;
  }

  /** The active faults. */
  public record FaultList(List<View> faults) {}

  /**
   * One fault, as JSON.
   *
   * @param injected the number of calls that it was injected into
   */
  public record View(
      String id,
      String side,
      String method,
      @Nullable String caller,
      double ratio,
      @Nullable String delay,
      @Nullable String status,
      @Nullable String message,
      @Nullable String endsAt,
      long injected) {

    static View of(Fault fault) {
      Duration delay = fault.delay();
      Status abort = fault.abort();
      Instant endsAt = fault.endsAt();
      return new View(
          fault.id(),
          fault.side().id(),
          fault.method(),
          fault.caller(),
          fault.ratio(),
          delay == null ? null : DurationStyle.SIMPLE.print(delay),
          abort == null ? null : abort.getCode().name(),
          abort == null ? null : abort.getDescription(),
          endsAt == null ? null : endsAt.toString(),
          fault.injected().sum());
    }
  }

  /** What was wrong with a request. */
  public record Problem(String property, String value, String expected) {}

  /** All active faults. */
  @ReadOperation
  public FaultList list() {
    return new FaultList(faults.list().stream().map(View::of).toList());
  }

  /** Injects one more; answers with the parsed fault. */
  @WriteOperation
  public WebEndpointResponse<?> add(
      @org.springframework.lang.Nullable String side,
      @org.springframework.lang.Nullable String method,
      @org.springframework.lang.Nullable String caller,
      @org.springframework.lang.Nullable String ratio,
      @org.springframework.lang.Nullable String delay,
      @org.springframework.lang.Nullable String status,
      @org.springframework.lang.Nullable String message,
      @org.springframework.lang.Nullable String ttl) {
    try {
      FaultRequest request =
          new FaultRequest(side, method, caller, ratio, delay, status, message, ttl);
      return new WebEndpointResponse<>(View.of(faults.add(request.settings())));
    } catch (InvalidPropertyException e) {
      return new WebEndpointResponse<>(
          new Problem(e.property(), String.valueOf(e.value()), e.expected()),
          WebEndpointResponse.STATUS_BAD_REQUEST);
    }
  }

  /** Ends all. */
  @DeleteOperation
  public Map<String, Integer> removeAll() {
    int removed = (int) faults.list().stream().filter(fault -> faults.remove(fault.id())).count();
    return Map.of("removed", removed);
  }

  /** Ends one. */
  @DeleteOperation
  public WebEndpointResponse<?> remove(@Selector String id) {
    return faults.remove(id)
        ? new WebEndpointResponse<>(Map.of("removed", 1))
        : new WebEndpointResponse<>(
            new Problem("id", id, "the id of an active fault"),
            WebEndpointResponse.STATUS_NOT_FOUND);
  }
}
