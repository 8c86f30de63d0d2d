package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * Reads and writes of one request, all in one revision. Everything that can fail is checked before
 * the first write, so nothing is ever rolled back.
 *
 * <p>Not thread-safe: guarded by the lock of {@link EtcdState}.
 */
final class Transaction {

  private final MvccStore store;
  private final Leases leases;
  private final RangeReader reader;
  private final MvccStore.Write write;

  Transaction(MvccStore store, Leases leases) {
    this.store = store;
    this.leases = leases;
    this.reader = new RangeReader(store);
    this.write = store.write();
  }

  long revision() {
    return write.revision();
  }

  boolean commit() {
    return write.commit();
  }

  RangeResponse.Builder range(RangeRequest request) {
    return reader.read(request, write.revision());
  }

  PutResponse.Builder put(PutRequest request) {
    requireLease(request);
    requirePrevious(request);
    Optional<KeyValue> previous = store.get(request.getKey(), write.revision());
    ByteString value =
        request.getIgnoreValue() ? previous.orElseThrow().getValue() : request.getValue();
    long oldLease = previous.map(KeyValue::getLease).orElse(0L);
    long lease = request.getIgnoreLease() ? oldLease : request.getLease();
    write.put(request.getKey(), value, lease);
    leases.move(request.getKey(), oldLease, lease);
    PutResponse.Builder response = PutResponse.newBuilder();
    if (request.getPrevKv()) {
      previous.ifPresent(response::setPrevKv);
    }
    return response;
  }

  DeleteRangeResponse.Builder delete(DeleteRangeRequest request) {
    List<KeyValue> deleted = delete(new KeyRange(request.getKey(), request.getRangeEnd()));
    DeleteRangeResponse.Builder response =
        DeleteRangeResponse.newBuilder().setDeleted(deleted.size());
    return request.getPrevKv() ? response.addAllPrevKvs(deleted) : response;
  }

  List<KeyValue> delete(KeyRange range) {
    List<KeyValue> deleted = write.delete(range);
    deleted.forEach(kv -> leases.move(kv.getKey(), kv.getLease(), 0));
    return deleted;
  }

  TxnResponse.Builder run(TxnRequest request) {
    // etcd decides every branch, nested ones too, on the state before the transaction.
    Queue<Boolean> branches = new ArrayDeque<>();
    decide(request, branches);
    check(request, new ArrayDeque<>(branches));
    return apply(request, branches);
  }

  private void decide(TxnRequest request, Queue<Boolean> branches) {
    boolean succeeded = new TxnCompare(store).holds(request.getCompareList());
    branches.add(succeeded);
    for (RequestOp operation : branch(request, succeeded)) {
      if (operation.hasRequestTxn()) {
        decide(operation.getRequestTxn(), branches);
      }
    }
  }

  /** In the order of the operations, as etcd does from 3.6 on; before it checked all puts first. */
  private void check(TxnRequest request, Queue<Boolean> branches) {
    for (RequestOp operation : branch(request, branches.remove())) {
      switch (operation.getRequestCase()) {
        case REQUEST_PUT -> {
          // The key first, other than in a put by itself.
          requirePrevious(operation.getRequestPut());
          requireLease(operation.getRequestPut());
        }
        case REQUEST_RANGE -> reader.check(operation.getRequestRange(), store.revision());
        case REQUEST_TXN -> check(operation.getRequestTxn(), branches);
        case REQUEST_DELETE_RANGE, REQUEST_NOT_SET -> {}
      }
    }
  }

  private void requireLease(PutRequest request) {
    if (request.getLease() != 0 && leases.find(request.getLease()).isEmpty()) {
      throw EtcdError.LEASE_NOT_FOUND.failure();
    }
  }

  private void requirePrevious(PutRequest request) {
    if ((request.getIgnoreValue() || request.getIgnoreLease())
        && store.get(request.getKey(), write.revision()).isEmpty()) {
      throw EtcdError.KEY_NOT_FOUND.failure();
    }
  }

  private TxnResponse.Builder apply(TxnRequest request, Queue<Boolean> branches) {
    boolean succeeded = branches.remove();
    TxnResponse.Builder response = TxnResponse.newBuilder().setSucceeded(succeeded);
    for (RequestOp operation : branch(request, succeeded)) {
      response.addResponses(apply(operation, branches));
    }
    return response;
  }

  private ResponseOp apply(RequestOp operation, Queue<Boolean> branches) {
    ResponseOp.Builder response = ResponseOp.newBuilder();
    switch (operation.getRequestCase()) {
      case REQUEST_RANGE ->
          response.setResponseRange(range(operation.getRequestRange()).setHeader(header()));
      case REQUEST_PUT -> {
        PutResponse.Builder put = put(operation.getRequestPut());
        response.setResponsePut(put.setHeader(header()));
      }
      case REQUEST_DELETE_RANGE -> {
        DeleteRangeResponse.Builder delete = delete(operation.getRequestDeleteRange());
        response.setResponseDeleteRange(delete.setHeader(header()));
      }
      case REQUEST_TXN ->
          response.setResponseTxn(
              apply(operation.getRequestTxn(), branches)
                  .setHeader(ResponseHeader.getDefaultInstance()));
      case REQUEST_NOT_SET -> throw EtcdError.KEY_NOT_FOUND.failure();
    }
    return response.build();
  }

  /** Answers inside a transaction state their revision and nothing else. */
  private ResponseHeader header() {
    return ResponseHeader.newBuilder().setRevision(write.revision()).build();
  }

  private static List<RequestOp> branch(TxnRequest request, boolean succeeded) {
    return succeeded ? request.getSuccessList() : request.getFailureList();
  }
}
