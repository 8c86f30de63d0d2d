package dev.platform.simulation;

import dev.platform.starter.test.etcd.StoreModel;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One stream of watches at a member, which sends what the member has applied. */
final class WatchModel implements EtcdCall.Handler<WatchRequest> {

  private final EtcdMember member;
  private final EtcdCall<?, ?> call;
  private final boolean requiresLeader;
  private final Map<Long, Watcher> watchers = new LinkedHashMap<>();
  private long nextId;
  private boolean over;

  private static final class Watcher {

    private final WatchCreateRequest request;
    private long next;

    Watcher(WatchCreateRequest request, long next) {
      this.request = request;
      this.next = next;
    }
  }

  WatchModel(EtcdMember member, EtcdCall<?, ?> call, boolean requiresLeader) {
    this.member = member;
    this.call = call;
    this.requiresLeader = requiresLeader;
    member.add(this);
    if (member.knowsNoLeader()) {
      leaderLost();
    }
  }

  @Override
  public void message(WatchRequest request) {
    if (over) {
      return;
    }
    switch (request.getRequestUnionCase()) {
      case CREATE_REQUEST -> create(request.getCreateRequest());
      case CANCEL_REQUEST -> {
        long id = request.getCancelRequest().getWatchId();
        if (watchers.remove(id) != null) {
          answer(id, WatchResponse.newBuilder().setCanceled(true), member.applied());
        }
      }
      case PROGRESS_REQUEST -> answer(-1, WatchResponse.newBuilder(), member.applied());
      case REQUESTUNION_NOT_SET -> {}
    }
  }

  private void create(WatchCreateRequest request) {
    long id = nextId++;
    long start = request.getStartRevision();
    watchers.put(id, new Watcher(request, start == 0 ? member.applied() + 1 : start));
    answer(id, WatchResponse.newBuilder().setCreated(true), member.applied());
    send();
  }

  /** Sends what the member has applied. */
  void send() {
    for (Map.Entry<Long, Watcher> each : List.copyOf(watchers.entrySet())) {
      send(each.getKey(), each.getValue());
    }
  }

  private void send(long id, Watcher watcher) {
    while (watcher.next <= member.applied() && watchers.containsKey(id)) {
      StoreModel.Events news =
          member
              .etcd()
              .store()
              .events(watcher.request.getKey(), watcher.request.getRangeEnd(), watcher.next);
      if (news.compacted() > 0) {
        watchers.remove(id);
        answer(
            id,
            WatchResponse.newBuilder().setCanceled(true).setCompactRevision(news.compacted()),
            0);
        return;
      }
      watcher.next = Math.min(news.nextRevision(), member.applied() + 1);
      sendInParts(
          id,
          news.events().stream()
              .filter(event -> event.getKv().getModRevision() <= member.applied())
              .toList());
    }
  }

  /** Whole revisions, in any number of answers. */
  private void sendInParts(long id, List<Event> events) {
    int from = 0;
    while (from < events.size()) {
      int to = from + 1 + member.etcd().random().nextInt(events.size() - from);
      while (to < events.size() && revision(events.get(to)) == revision(events.get(to - 1))) {
        to++;
      }
      answer(
          id, WatchResponse.newBuilder().addAllEvents(events.subList(from, to)), member.applied());
      from = to;
    }
  }

  private static long revision(Event event) {
    return event.getKv().getModRevision();
  }

  private void answer(long id, WatchResponse.Builder answer, long revision) {
    call.answer(answer.setWatchId(id).setHeader(member.header(revision)).build());
  }

  void leaderLost() {
    if (requiresLeader) {
      end();
      call.end(Etcd.noLeader());
    }
  }

  @Override
  public void halfClosed() {
    end();
    call.end(Status.OK);
  }

  @Override
  public void gone() {
    end();
  }

  private void end() {
    if (!over) {
      over = true;
      watchers.clear();
      member.remove(this);
    }
  }
}
