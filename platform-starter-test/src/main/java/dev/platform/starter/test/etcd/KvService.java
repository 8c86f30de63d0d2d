package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.Answers.reply;

import com.google.protobuf.Message;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.CompactionResponse;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.stub.StreamObserver;

/** etcd's KV service on {@link EtcdState}. */
final class KvService extends KVGrpc.KVImplBase {

  private static final int MAX_REQUEST_BYTES = 3 * 512 * 1024;

  private final EtcdState state;
  private final Member member;
  private final Faults faults;

  KvService(EtcdState state, Member member, Faults faults) {
    this.state = state;
    this.member = member;
    this.faults = faults;
  }

  @Override
  public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
    reply(
        observer,
        () -> {
          Access.require(new KeyRange(request.getKey(), request.getRangeEnd()));
          var result = state.range(request);
          return result.answer().setHeader(member.header(result.revision())).build();
        });
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> observer) {
    reply(
        observer,
        () -> {
          TxnRules.check(request);
          Access.require(KeyRange.single(request.getKey()));
          faults.requireSpace();
          requireFit(request);
          var result = state.put(request);
          return result.answer().setHeader(member.header(result.revision())).build();
        });
  }

  @Override
  public void deleteRange(
      DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> observer) {
    reply(
        observer,
        () -> {
          Access.require(new KeyRange(request.getKey(), request.getRangeEnd()));
          requireFit(request);
          var result = state.delete(request);
          return result.answer().setHeader(member.header(result.revision())).build();
        });
  }

  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
    reply(
        observer,
        () -> {
          TxnRules.check(request);
          Access.require(TxnKeys.of(request));
          if (TxnRules.hasPut(request)) {
            faults.requireSpace();
          }
          requireFit(request);
          var result = state.txn(request);
          return result.answer().setHeader(member.header(result.revision())).build();
        });
  }

  @Override
  public void compact(CompactionRequest request, StreamObserver<CompactionResponse> observer) {
    reply(
        observer,
        () -> {
          Access.refuseBadToken();
          long revision = state.compact(request.getRevision());
          return CompactionResponse.newBuilder().setHeader(member.header(revision)).build();
        });
  }

  private static void requireFit(Message request) {
    if (request.getSerializedSize() > MAX_REQUEST_BYTES) {
      throw EtcdError.REQUEST_TOO_LARGE.failure();
    }
  }
}
