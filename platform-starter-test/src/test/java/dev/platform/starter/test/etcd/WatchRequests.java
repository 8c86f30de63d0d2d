package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.bytes;

import io.etcd.jetcd.api.WatchCancelRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;

/** Short methods for the requests of a watch stream. */
final class WatchRequests {

  private WatchRequests() {}

  static WatchRequest all(long fromRevision) {
    return create(prefix("").setStartRevision(fromRevision));
  }

  static WatchRequest key(String key) {
    return create(WatchCreateRequest.newBuilder().setKey(bytes(key)));
  }

  static WatchCreateRequest.Builder prefix(String prefix) {
    KeyRange range = KeyRange.prefix(bytes(prefix));
    return WatchCreateRequest.newBuilder().setKey(range.key()).setRangeEnd(range.end());
  }

  static WatchRequest create(WatchCreateRequest.Builder request) {
    return WatchRequest.newBuilder().setCreateRequest(request).build();
  }

  static WatchRequest cancel(long id) {
    return WatchRequest.newBuilder()
        .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
        .build();
  }

  static WatchRequest progress() {
    return WatchRequest.newBuilder()
        .setProgressRequest(WatchProgressRequest.getDefaultInstance())
        .build();
  }
}
