package dev.platform.core.etcd;

import com.google.protobuf.ByteString;
import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.etcd.EtcdProcessBuilder;
import io.etcd.jetcd.api.AuthDisableRequest;
import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthGrpc.AuthBlockingStub;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.Permission;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real etcd with a user {@code root}, and a user {@code app} that may read and write below {@code
 * /services/}. With JSON Web Tokens, any change of users makes all earlier tokens invalid.
 */
public final class EtcdWithUsers implements AutoCloseable {

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private final EtcdProcess process;
  private final ManagedChannel channel;
  private int users;
  private boolean requiresAuthentication;

  private EtcdWithUsers(EtcdProcess process) {
    this.process = process;
    this.channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", process.port()).usePlaintext().build();
  }

  /**
   * With JSON Web Tokens.
   *
   * @param folder where the key of the tokens is written
   */
  public static EtcdWithUsers startWithJwt(Path folder) throws IOException {
    Path key = Files.writeString(folder.resolve("key"), "a key of the tests, of 32 bytes!");
    return start(
        EtcdProcess.builder()
            .option("auth-token", "jwt,priv-key=%s,sign-method=HS256".formatted(key)));
  }

  /** With etcd's default tokens. */
  public static EtcdWithUsers start() {
    return start(EtcdProcess.builder());
  }

  private static EtcdWithUsers start(EtcdProcessBuilder builder) {
    EtcdProcess process = builder.option("bcrypt-cost", "4").build();
    process.start();
    EtcdWithUsers etcd = new EtcdWithUsers(process);
    etcd.addUsers();
    etcd.requireAuthentication(true);
    return etcd;
  }

  public URI endpoint() {
    return process.endpoint();
  }

  /** As {@code etcdctl auth enable} and {@code auth disable}. */
  public void requireAuthentication(boolean required) {
    if (required && !requiresAuthentication) {
      AuthGrpc.newBlockingStub(channel).authEnable(AuthEnableRequest.getDefaultInstance());
    } else if (!required && requiresAuthentication) {
      AuthGrpc.newBlockingStub(channel)
          .withInterceptors(asRoot())
          .authDisable(AuthDisableRequest.getDefaultInstance());
    }
    requiresAuthentication = required;
  }

  /** A connection of the user {@code app}. */
  public EtcdConnection connect() {
    return EtcdConnection.builder(
            new EtcdSettings(
                List.of(process.endpoint().toString()), "app", "app", Duration.ofSeconds(5)))
        .open();
  }

  public void changeUsers() {
    AuthUserAddRequest user =
        AuthUserAddRequest.newBuilder().setName("user" + users++).setPassword("p").build();
    AuthGrpc.newBlockingStub(channel).withInterceptors(asRoot()).userAdd(user);
  }

  public void put(String key, String value) {
    KVGrpc.newBlockingStub(channel)
        .withInterceptors(asRoot())
        .put(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build());
  }

  public Optional<String> get(String key) {
    Stream<KeyValue> found =
        KVGrpc.newBlockingStub(channel)
            .withInterceptors(asRoot())
            .range(RangeRequest.newBuilder().setKey(bytes(key)).build())
            .getKvsList()
            .stream();
    return found.map(kv -> kv.getValue().toStringUtf8()).findFirst();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    process.close();
  }

  private ClientInterceptor asRoot() {
    Metadata headers = new Metadata();
    if (requiresAuthentication) {
      headers.put(
          TOKEN,
          AuthGrpc.newBlockingStub(channel)
              .authenticate(
                  AuthenticateRequest.newBuilder().setName("root").setPassword("root").build())
              .getToken());
    }
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  private void addUsers() {
    AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
    for (String name : List.of("root", "app")) {
      auth.userAdd(AuthUserAddRequest.newBuilder().setName(name).setPassword(name).build());
      auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
      auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser(name).setRole(name).build());
    }
    KeyRange services = KeyRange.prefix("/services/");
    auth.roleGrantPermission(
        AuthRoleGrantPermissionRequest.newBuilder()
            .setName("app")
            .setPerm(
                Permission.newBuilder()
                    .setPermType(Permission.Type.READWRITE)
                    .setKey(services.key())
                    .setRangeEnd(services.end()))
            .build());
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
