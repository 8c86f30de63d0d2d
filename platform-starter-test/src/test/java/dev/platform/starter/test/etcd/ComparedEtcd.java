package dev.platform.starter.test.etcd;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchCreateRequest.FilterType;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One of two etcds that get the same requests, and what it answers: as texts that do not depend on
 * the member, the time, or how events are divided into messages.
 */
final class ComparedEtcd implements AutoCloseable {

  /** The last of all keys: what {@link #catchUp} changes. */
  static final String MARK = "~";

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final TextFormat.Printer TEXT = TextFormat.printer();

  private final EtcdApi api;
  private final Probe<WatchRequest, WatchResponse> stream;
  private final Map<Long, WatchCreateRequest> open = new TreeMap<>();
  private final Map<Long, List<String>> received = new TreeMap<>();
  private final Map<Long, Long> latest = new TreeMap<>();
  private WatchCreateRequest opening;

  /** With no data. */
  ComparedEtcd(EtcdServer server) {
    server.wipe();
    this.api = new EtcdApi(server);
    this.stream = api.watch();
  }

  /**
   * Before 3.6, etcd checked all puts of a transaction before its ranges: if several operations are
   * refused, the reason was another. Before 3.4.34 and 3.5.16, a watch from the revision that was
   * compacted last had no deletions of it.
   */
  boolean isOlderThan36() {
    return version().startsWith("3.4.") || version().startsWith("3.5.");
  }

  boolean isNewerThan36() {
    return !isOlderThan36() && !version().startsWith("3.6.");
  }

  private String version() {
    return api.maintenance().status(StatusRequest.getDefaultInstance()).getVersion();
  }

  long revision() {
    return api.revision();
  }

  String answer(RandomRequests.Request request) {
    try {
      return text(request.call().apply(api));
    } catch (StatusRuntimeException refusal) {
      return refusal.getStatus().getCode() + ": " + refusal.getStatus().getDescription();
    }
  }

  /** Opens a watch, and returns once it is open. */
  void watch(WatchCreateRequest request) {
    opening = request;
    stream.send(WatchRequests.create(request.toBuilder()));
    await("a watch is open")
        .atMost(LIMIT)
        .until(
            () -> {
              received();
              return opening == null;
            });
  }

  /** Cancels a watch, and returns once it is cancelled. */
  void cancel(long id) {
    stream.send(WatchRequests.cancel(id));
    await("watch %d is cancelled".formatted(id))
        .atMost(LIMIT)
        .until(
            () -> {
              received();
              return !open.containsKey(id);
            });
  }

  List<Long> watches() {
    return List.copyOf(open.keySet());
  }

  /** Returns once each watch has all events so far, or is cancelled. */
  void catchUp() {
    long put = api.put(MARK, "1");
    long deleted = api.delete(MARK);
    await("all watches have the events until revision " + deleted)
        .atMost(LIMIT)
        .until(
            () -> {
              received();
              return open.keySet().stream().allMatch(id -> isCaughtUp(id, put, deleted));
            });
  }

  private boolean isCaughtUp(long id, long put, long deleted) {
    WatchCreateRequest watch = open.get(id);
    if (watch.getRangeEnd().isEmpty() || watch.getStartRevision() > put) {
      return true;
    }
    long last = watch.getFiltersList().contains(FilterType.NODELETE) ? put : deleted;
    return latest.getOrDefault(id, 0L) >= last;
  }

  /** What each watch has received until now. */
  Map<Long, List<String>> received() {
    while (!stream.isQuiet()) {
      WatchResponse answer = stream.next();
      long id = answer.getWatchId();
      List<String> texts = received.computeIfAbsent(id, each -> new ArrayList<>());
      if (answer.getCreated()) {
        texts.add("created");
        open.put(id, opening);
        opening = null;
      }
      for (Event event : answer.getEventsList()) {
        texts.add(text(event));
        latest.put(id, event.getKv().getModRevision());
      }
      if (answer.getCanceled()) {
        texts.add(
            "cancelled: '%s', compacted at %d"
                .formatted(answer.getCancelReason(), answer.getCompactRevision()));
        open.remove(id);
      }
    }
    return received;
  }

  private static String text(Message answer) {
    return TEXT.shortDebugString(comparable(answer));
  }

  /** Of a header remains the revision, of a lease's time none, of a set its elements in order. */
  private static Message comparable(Message answer) {
    if (answer instanceof ResponseHeader header) {
      return ResponseHeader.newBuilder().setRevision(header.getRevision()).build();
    }
    if (answer instanceof LeaseTimeToLiveResponse lease) {
      return withoutHeader(
          lease.toBuilder()
              .setTTL(Math.min(lease.getTTL(), 0))
              .clearKeys()
              .addAllKeys(
                  lease.getKeysList().stream()
                      .sorted((a, b) -> a.toStringUtf8().compareTo(b.toStringUtf8()))
                      .collect(Collectors.toList()))
              .build());
    }
    return withoutHeader(answer);
  }

  private static Message withoutHeader(Message answer) {
    Message.Builder builder = answer.toBuilder();
    for (Map.Entry<FieldDescriptor, Object> field : answer.getAllFields().entrySet()) {
      if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (field.getKey().isRepeated()) {
        List<?> all = (List<?>) field.getValue();
        for (int i = 0; i < all.size(); i++) {
          builder.setRepeatedField(field.getKey(), i, comparable((Message) all.get(i)));
        }
      } else {
        builder.setField(field.getKey(), comparable((Message) field.getValue()));
      }
    }
    return builder.build();
  }

  @Override
  public void close() {
    api.close();
  }
}
