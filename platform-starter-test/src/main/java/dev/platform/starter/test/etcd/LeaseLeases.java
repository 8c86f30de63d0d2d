package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import java.util.ArrayList;
import java.util.List;

/**
 * The call that lists leases. The generated classes lack it; its answer is a header in field 1, as
 * in a revoke's answer, and messages with the id in field 1, repeated in field 2.
 */
final class LeaseLeases {

  static final MethodDescriptor<Empty, LeaseRevokeResponse> METHOD =
      MethodDescriptor.<Empty, LeaseRevokeResponse>newBuilder()
          .setType(MethodType.UNARY)
          .setFullMethodName(
              MethodDescriptor.generateFullMethodName(LeaseGrpc.SERVICE_NAME, "LeaseLeases"))
          .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(LeaseRevokeResponse.getDefaultInstance()))
          .build();

  private static final int LEASES_FIELD = 2;
  private static final int ID_FIELD = 1;

  private LeaseLeases() {}

  static LeaseRevokeResponse response(ResponseHeader header, List<Long> ids) {
    UnknownFieldSet.Field.Builder leases = UnknownFieldSet.Field.newBuilder();
    for (long id : ids) {
      leases.addLengthDelimited(WireFields.varintField(ID_FIELD, id).toByteString());
    }
    return LeaseRevokeResponse.newBuilder()
        .setHeader(header)
        .setUnknownFields(
            UnknownFieldSet.newBuilder().addField(LEASES_FIELD, leases.build()).build())
        .build();
  }

  static List<Long> ids(LeaseRevokeResponse response) {
    List<Long> ids = new ArrayList<>();
    for (ByteString lease :
        response.getUnknownFields().getField(LEASES_FIELD).getLengthDelimitedList()) {
      try {
        ids.add(UnknownFieldSet.parseFrom(lease).getField(ID_FIELD).getVarintList().get(0));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("invalid answer to LeaseLeases", e);
      }
    }
    return ids;
  }
}
