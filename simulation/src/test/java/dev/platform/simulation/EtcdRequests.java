package dev.platform.simulation;

import dev.platform.starter.test.etcd.StoreModel;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Answers the requests of one call at a member. */
final class EtcdRequests<Q> implements EtcdCall.Handler<Q> {

  /** etcd's own limit for a request. */
  private static final long REQUEST_TIMEOUT = 7 * Loop.SECOND;

  private static final Status TIMED_OUT =
      Status.UNAVAILABLE.withDescription("etcdserver: request timed out");
  private static final Status FULL =
      Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded");

  private final EtcdMember member;
  private final EtcdCall<?, ?> call;
  private boolean gone;

  EtcdRequests(EtcdMember member, EtcdCall<?, ?> call) {
    this.member = member;
    this.call = call;
  }

  @Override
  public void message(Q request) {
    Etcd etcd = member.etcd();
    etcd.loop().after(etcd.writeTime(), () -> member.receive(() -> decide(request, 0)));
  }

  /** The moment in which the request takes effect, if there is a leader. */
  private void decide(Q request, long waited) {
    Etcd etcd = member.etcd();
    if (!member.hasLeader()) {
      if (waited >= REQUEST_TIMEOUT) {
        if (!gone) {
          call.end(TIMED_OUT);
        }
      } else {
        long pause = Loop.SECOND / 4;
        etcd.loop().after(pause, () -> member.receive(() -> decide(request, waited + pause)));
      }
      return;
    }
    try {
      Object answer = etcd.apply(gone, () -> apply(request));
      int history = etcd.history();
      member.whenApplied(
          etcd.store().revision(),
          () -> {
            if (!gone && history == etcd.history()) {
              call.answer(answer);
              if (!(request instanceof LeaseKeepAliveRequest)) {
                call.end(Status.OK);
              }
            }
          });
    } catch (StatusRuntimeException refused) {
      if (!gone) {
        call.end(refused.getStatus());
      }
    }
  }

  private Object apply(Q request) {
    StoreModel store = member.etcd().store();
    if (request instanceof RangeRequest range) {
      var answer = store.range(range);
      return answer.setHeader(member.header(store.revision())).build();
    }
    if (request instanceof TxnRequest txn) {
      if (member.etcd().isFull()
          && txn.getSuccessList().stream().anyMatch(RequestOp::hasRequestPut)) {
        throw FULL.asRuntimeException();
      }
      var answer = store.txn(txn);
      return answer.setHeader(member.header(store.revision())).build();
    }
    if (request instanceof LeaseGrantRequest grant) {
      if (member.etcd().isFull()) {
        throw FULL.asRuntimeException();
      }
      long id = member.etcd().random().nextLong(1, Long.MAX_VALUE);
      long ttl = store.grant(id, grant.getTTL());
      return LeaseGrantResponse.newBuilder()
          .setHeader(member.header(store.revision()))
          .setID(id)
          .setTTL(ttl)
          .build();
    }
    if (request instanceof LeaseRevokeRequest revoke) {
      store.revoke(revoke.getID());
      return LeaseRevokeResponse.newBuilder().setHeader(member.header(store.revision())).build();
    }
    if (request instanceof LeaseKeepAliveRequest renewal) {
      long ttl = store.keepAlive(renewal.getID());
      return LeaseKeepAliveResponse.newBuilder()
          .setHeader(member.header(store.revision()))
          .setID(renewal.getID())
          .setTTL(ttl)
          .build();
    }
    throw Status.UNIMPLEMENTED.withDescription(request.getClass().getName()).asRuntimeException();
  }

  @Override
  public void halfClosed() {
    // A unary call's answer ends it; a stream of renewals ends with its last answer.
  }

  @Override
  public void gone() {
    gone = true;
  }
}
