package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.util.JsonFormat;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls a server in JSON, using only the descriptors from gRPC server reflection. */
final class GenericClient implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long DEADLINE_SECONDS = 60;

  private final Channels channels = new Channels();
  private final ManagedChannel channel;

  GenericClient(String address) {
    channel = channels.to(address);
  }

  /** Full names of the server's services. */
  List<String> services() throws Exception {
    return ask(ServerReflectionRequest.newBuilder().setListServices("").build())
        .getListServicesResponse()
        .getServiceList()
        .stream()
        .map(ServiceResponse::getName)
        .toList();
  }

  /** Calls a method with one response. */
  JsonNode call(String service, String method, String request) throws Exception {
    Iterator<JsonNode> answers = stream(service, method, request);
    JsonNode answer = answers.next();
    if (answers.hasNext()) {
      throw new IllegalStateException(method + " gave several answers (expected: one)");
    }
    return answer;
  }

  /** Calls a method; the iterator blocks until the next answer arrives. */
  Iterator<JsonNode> stream(String service, String method, String request) throws Exception {
    Descriptors.MethodDescriptor described = describe(service).findMethodByName(method);
    DynamicMessage.Builder message = DynamicMessage.newBuilder(described.getInputType());
    JsonFormat.parser().merge(request, message);
    Iterator<DynamicMessage> answers =
        ClientCalls.blockingServerStreamingCall(
            channel, grpcMethod(service, described), deadline(), message.build());
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return answers.hasNext();
      }

      @Override
      public JsonNode next() {
        return json(answers.next());
      }
    };
  }

  @Override
  public void close() {
    channels.close();
  }

  private Descriptors.ServiceDescriptor describe(String service) throws Exception {
    ServerReflectionResponse answer =
        ask(ServerReflectionRequest.newBuilder().setFileContainingSymbol(service).build());
    Map<String, FileDescriptorProto> files = new HashMap<>();
    for (ByteString file : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
      FileDescriptorProto proto = FileDescriptorProto.parseFrom(file);
      files.put(proto.getName(), proto);
    }
    int dot = service.lastIndexOf('.');
    for (FileDescriptorProto file : files.values()) {
      if (file.getPackage().equals(service.substring(0, dot))) {
        Descriptors.ServiceDescriptor found =
            link(file, files).findServiceByName(service.substring(dot + 1));
        if (found != null) {
          return found;
        }
      }
    }
    throw new IllegalStateException("the server does not describe " + service + ": " + answer);
  }

  private static FileDescriptor link(
      FileDescriptorProto file, Map<String, FileDescriptorProto> files) throws Exception {
    List<FileDescriptor> dependencies = new ArrayList<>();
    for (String dependency : file.getDependencyList()) {
      dependencies.add(link(files.get(dependency), files));
    }
    return FileDescriptor.buildFrom(file, dependencies.toArray(new FileDescriptor[0]));
  }

  private static MethodDescriptor<DynamicMessage, DynamicMessage> grpcMethod(
      String service, Descriptors.MethodDescriptor described) {
    return MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
        .setType(
            described.isServerStreaming()
                ? MethodDescriptor.MethodType.SERVER_STREAMING
                : MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, described.getName()))
        .setRequestMarshaller(
            ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(described.getInputType())))
        .setResponseMarshaller(
            ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(described.getOutputType())))
        .build();
  }

  private static JsonNode json(DynamicMessage message) {
    try {
      return JSON.readTree(JsonFormat.printer().preservingProtoFieldNames().print(message));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerReflectionResponse ask(ServerReflectionRequest question) throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(channel)
            .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    answer.completeExceptionally(new IllegalStateException("no answer"));
                  }
                });
    questions.onNext(question);
    questions.onCompleted();
    return answer.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private static CallOptions deadline() {
    return CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }
}
