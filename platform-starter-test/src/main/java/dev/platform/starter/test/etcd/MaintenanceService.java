package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.Answers.reply;

import io.etcd.jetcd.api.AlarmMember;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmResponse;
import io.etcd.jetcd.api.AlarmType;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.stub.StreamObserver;

/** The part of etcd's maintenance service that clients use with a single, healthy member. */
final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {

  private final EtcdState state;
  private final Member member;
  private final Faults faults;

  MaintenanceService(EtcdState state, Member member, Faults faults) {
    this.state = state;
    this.member = member;
    this.faults = faults;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    reply(
        observer,
        () -> {
          Access.require();
          StatusResponse.Builder status =
              StatusResponse.newBuilder()
                  .setHeader(member.header(state.revision()))
                  .setVersion(Member.VERSION)
                  .setDbSize(state.bytes())
                  .setDbSizeInUse(state.bytes())
                  .setLeader(member.id())
                  .setRaftIndex(state.steps())
                  .setRaftAppliedIndex(state.steps())
                  .setRaftTerm(member.raftTerm());
          if (faults.isOutOfSpace()) {
            status.addErrors(noSpace().toString());
          }
          return status.build();
        });
  }

  /** Lists or lifts the alarm that a full database raises. */
  @Override
  public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> observer) {
    reply(
        observer,
        () -> {
          AlarmResponse.Builder response =
              AlarmResponse.newBuilder().setHeader(member.header(state.revision()));
          boolean asked = request.getAlarm() != AlarmType.UNRECOGNIZED;
          if (request.getAction() == AlarmRequest.AlarmAction.ACTIVATE
              && request.getAlarm() == AlarmType.NOSPACE) {
            faults.outOfSpace(true);
          }
          if (asked && faults.isOutOfSpace()) {
            response.addAlarms(noSpace());
          }
          if (asked && request.getAction() == AlarmRequest.AlarmAction.DEACTIVATE) {
            faults.outOfSpace(false);
          }
          return response.build();
        });
  }

  private AlarmMember noSpace() {
    return AlarmMember.newBuilder().setMemberID(member.id()).setAlarm(AlarmType.NOSPACE).build();
  }
}
