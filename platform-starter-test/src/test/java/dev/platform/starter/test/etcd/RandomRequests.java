package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.bytes;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.Compare.CompareResult;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeRequest.SortOrder;
import io.etcd.jetcd.api.RangeRequest.SortTarget;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchCreateRequest.FilterType;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import java.util.Random;
import java.util.function.Function;

/**
 * Requests by a seed, with all options of etcd's that clients use, and often on the same few keys.
 * Leases have numbers of the requests' own and live for longer than any test.
 */
final class RandomRequests {

  /** In their order; the key that {@link ComparedEtcd} uses itself comes after them. */
  private static final String[] KEYS = {"a", "a/1", "a/2", "b", "b/1", "c", "c/1/x", "d"};

  private static final String[] VALUES = {"", "1", "2", "a longer one"};
  private static final int MOST_LEASES = 3;
  private static final int MOST_OPERATIONS = 4;
  private static final long TTL_SECONDS = 10_000;
  private static final long TOO_LONG = 9_000_000_001L;

  private final Random random;

  RandomRequests(long seed) {
    this.random = new Random(seed);
  }

  /** A request and how it is sent. */
  record Request(String text, Function<EtcdApi, Message> call) {

    static Request of(Message message, Function<EtcdApi, Message> call) {
      String type = message.getDescriptorForType().getName();
      return new Request(type + " {" + TextFormat.printer().shortDebugString(message) + "}", call);
    }
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /**
   * A request of KV or of leases.
   *
   * @param revision the store's own
   */
  Request next(long revision) {
    int dice = below(100);
    if (dice < 30) {
      PutRequest put = put();
      return Request.of(put, api -> api.kv().put(put));
    }
    if (dice < 52) {
      RangeRequest range = range(revision);
      return Request.of(range, api -> api.kv().range(range));
    }
    if (dice < 62) {
      DeleteRangeRequest delete = delete();
      return Request.of(delete, api -> api.kv().deleteRange(delete));
    }
    if (dice < 80) {
      TxnRequest txn = txn(revision, 2);
      return Request.of(txn, api -> api.kv().txn(txn));
    }
    return lease(dice);
  }

  /** Of a revision that may be compacted already, or not be there yet. */
  CompactionRequest compaction(long revision) {
    return CompactionRequest.newBuilder()
        .setRevision(revision + 1 - below(12))
        .setPhysical(random.nextBoolean())
        .build();
  }

  private Request lease(int dice) {
    if (dice < 88) {
      LeaseGrantRequest grant =
          LeaseGrantRequest.newBuilder()
              .setID(lease())
              .setTTL(below(20) == 0 ? TOO_LONG : TTL_SECONDS)
              .build();
      return Request.of(grant, api -> api.lease().leaseGrant(grant));
    }
    if (dice < 92) {
      LeaseRevokeRequest revoke = LeaseRevokeRequest.newBuilder().setID(lease()).build();
      return Request.of(revoke, api -> api.lease().leaseRevoke(revoke));
    }
    if (dice < 95) {
      LeaseTimeToLiveRequest left =
          LeaseTimeToLiveRequest.newBuilder().setID(lease()).setKeys(random.nextBoolean()).build();
      return Request.of(left, api -> api.lease().leaseTimeToLive(left));
    }
    if (dice < 98) {
      LeaseKeepAliveRequest renewal = LeaseKeepAliveRequest.newBuilder().setID(lease()).build();
      return Request.of(renewal, api -> renew(api, renewal));
    }
    return new Request("LeaseLeases", RandomRequests::leases);
  }

  private static Message leases(EtcdApi api) {
    LeaseRevokeResponse answer =
        ClientCalls.blockingUnaryCall(
            api.channel, LeaseLeases.METHOD, CallOptions.DEFAULT, Empty.getDefaultInstance());
    return LeaseLeases.response(
        answer.getHeader(), LeaseLeases.ids(answer).stream().sorted().toList());
  }

  private static Message renew(EtcdApi api, LeaseKeepAliveRequest renewal) {
    var stream = api.keepAlive().send(renewal);
    Message answer = stream.next();
    stream.cancel();
    return answer;
  }

  /**
   * Of one key, or of a range that has the key {@link ComparedEtcd#MARK}; of new events, or also of
   * earlier ones.
   *
   * @param not a revision that it does not start with
   */
  WatchCreateRequest watch(long revision, long not) {
    WatchCreateRequest.Builder watch =
        WatchCreateRequest.newBuilder().setPrevKv(random.nextBoolean());
    int filter = below(6);
    if (filter < 2) {
      watch.addFilters(FilterType.forNumber(filter));
    }
    if (below(3) == 0) {
      return watch.setKey(key()).build();
    }
    long start = below(3) == 0 ? 0 : Math.max(1, revision + 2 - below(30));
    if (start == not) {
      start++;
    }
    watch.setKey(bytes(below(2) == 0 ? KEYS[0] : KEYS[4]));
    return watch.setRangeEnd(EtcdApi.ZERO).setStartRevision(start).build();
  }

  private PutRequest put() {
    PutRequest.Builder put =
        PutRequest.newBuilder().setKey(below(60) == 0 ? ByteString.EMPTY : key());
    put.setPrevKv(random.nextBoolean());
    if (below(8) == 0) {
      put.setIgnoreValue(true);
    }
    if (below(8) == 0) {
      put.setIgnoreLease(true);
    }
    if (!put.getIgnoreValue() || below(4) == 0) {
      put.setValue(value());
    }
    if (below(3) == 0 && (!put.getIgnoreLease() || below(4) == 0)) {
      put.setLease(lease());
    }
    return put.build();
  }

  private RangeRequest range(long revision) {
    RangeRequest.Builder range =
        RangeRequest.newBuilder().setKey(below(60) == 0 ? ByteString.EMPTY : key());
    if (below(4) != 0) {
      range.setRangeEnd(end());
    }
    if (below(3) == 0) {
      range.setRevision(Math.max(0, revision + 2 - below(24)));
    }
    if (below(3) == 0) {
      range.setLimit(below(4));
    }
    if (below(3) == 0) {
      range.setSortOrder(SortOrder.forNumber(below(3)));
      range.setSortTarget(SortTarget.forNumber(below(5)));
    }
    range.setSerializable(below(4) == 0);
    range.setKeysOnly(below(5) == 0);
    range.setCountOnly(below(6) == 0);
    if (below(5) == 0) {
      range.setMinModRevision(some(revision)).setMaxModRevision(some(revision));
    }
    if (below(5) == 0) {
      range.setMinCreateRevision(some(revision)).setMaxCreateRevision(some(revision));
    }
    return range.build();
  }

  private DeleteRangeRequest delete() {
    DeleteRangeRequest.Builder delete =
        DeleteRangeRequest.newBuilder().setKey(key()).setPrevKv(random.nextBoolean());
    if (below(4) == 0) {
      delete.setRangeEnd(end());
    }
    return delete.build();
  }

  private TxnRequest txn(long revision, int depth) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = below(3); i > 0; i--) {
      txn.addCompare(comparison(revision));
    }
    for (int i = below(MOST_OPERATIONS); i > 0; i--) {
      txn.addSuccess(operation(revision, depth));
    }
    for (int i = below(MOST_OPERATIONS); i > 0; i--) {
      txn.addFailure(operation(revision, depth));
    }
    return txn.build();
  }

  private RequestOp operation(long revision, int depth) {
    RequestOp.Builder operation = RequestOp.newBuilder();
    int dice = below(10);
    if (dice < 5) {
      operation.setRequestPut(put());
    } else if (dice < 7) {
      operation.setRequestRange(range(revision));
    } else if (dice < 9 || depth == 0) {
      operation.setRequestDeleteRange(delete());
    } else {
      operation.setRequestTxn(txn(revision, depth - 1));
    }
    return operation.build();
  }

  private Compare comparison(long revision) {
    int target = below(1 + WireFields.COMPARE_TARGET_LEASE);
    Compare.Builder comparison =
        Compare.newBuilder()
            .setKey(key())
            .setResult(CompareResult.forNumber(below(4)))
            .setTargetValue(target);
    if (below(5) == 0) {
      comparison.setRangeEnd(end());
    }
    if (target == WireFields.COMPARE_TARGET_LEASE) {
      long lease = below(2) == 0 ? 0 : lease();
      return comparison
          .setUnknownFields(WireFields.varintField(WireFields.COMPARE_LEASE, lease))
          .build();
    }
    switch (comparison.getTarget()) {
      case VERSION -> comparison.setVersion(below(4));
      case CREATE -> comparison.setCreateRevision(some(revision));
      case MOD -> comparison.setModRevision(some(revision));
      default -> comparison.setValue(value());
    }
    return comparison.build();
  }

  private ByteString key() {
    return bytes(KEYS[below(KEYS.length)]);
  }

  private ByteString end() {
    return below(3) == 0 ? EtcdApi.ZERO : bytes(KEYS[KEYS.length / 2 + below(KEYS.length / 2)]);
  }

  private ByteString value() {
    return bytes(VALUES[below(VALUES.length)]);
  }

  private long lease() {
    return 1 + below(MOST_LEASES);
  }

  private long some(long revision) {
    return Math.max(0, revision - below(12));
  }
}
