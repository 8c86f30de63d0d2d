package dev.platform.order.jobs;

import dev.platform.order.domain.ParkedWork;
import dev.platform.order.domain.Task;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.lang.Nullable;

/**
 * {@code /actuator/parked}: lists the entries that the jobs no longer try, and re-queues them.
 * Invalid input is answered with 400 and the reason.
 */
@WebEndpoint(id = "parked")
final class ParkedEndpoint {

  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1000;

  private final ParkedWork parkedWork;

  ParkedEndpoint(ParkedWork parkedWork) {
    this.parkedWork = parkedWork;
  }

  /**
   * Parked entries, the oldest first.
   *
   * @param more whether there are more than these
   */
  record Parked(List<View> entries, boolean more) {}

  /** One entry, as JSON. */
  record View(String task, String id, int attempts, String reason, String parkedAt) {

    static View of(ParkedWork.Entry entry) {
      return new View(
          entry.task().id(),
          entry.id(),
          entry.attempts(),
          entry.reason(),
          entry.parkedAt().toString());
    }
  }

  /** What was wrong with a request. */
  record Problem(String property, String value, String expected) {}

  /** The oldest entries, a hundred unless {@code limit} says otherwise. */
  @ReadOperation
  public WebEndpointResponse<?> list(@Nullable Integer limit) {
    int most = limit == null ? DEFAULT_LIMIT : limit;
    if (most < 1 || most > MAX_LIMIT) {
      return wrong("limit", String.valueOf(most), "1 to " + MAX_LIMIT);
    }
    List<ParkedWork.Entry> entries = parkedWork.list(most + 1);
    return new WebEndpointResponse<>(
        new Parked(entries.stream().limit(most).map(View::of).toList(), entries.size() > most));
  }

  /** Re-queues one entry, all of a task, or without parameters all. */
  @WriteOperation
  public WebEndpointResponse<?> requeue(@Nullable String task, @Nullable String id) {
    Optional<Task> known = Optional.ofNullable(task).flatMap(Task::of);
    if (task != null && known.isEmpty()) {
      return wrong(
          "task", task, Stream.of(Task.values()).map(Task::id).collect(Collectors.joining(", ")));
    }
    int requeued = parkedWork.requeue(known, Optional.ofNullable(id));
    return id != null && requeued == 0
        ? new WebEndpointResponse<>(
            new Problem("id", id, "the id of a parked entry"), WebEndpointResponse.STATUS_NOT_FOUND)
        : new WebEndpointResponse<>(Map.of("requeued", requeued));
  }

  private static WebEndpointResponse<Problem> wrong(
      String property, String value, String expected) {
    return new WebEndpointResponse<>(
        new Problem(property, value, expected), WebEndpointResponse.STATUS_BAD_REQUEST);
  }
}
