package dev.platform.core.etcd;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.ValueFormat;
import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleGetRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthRoleRevokePermissionRequest;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserGetRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.Permission;
import io.etcd.jetcd.api.Permission.Type;
import io.grpc.Status;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes etcd's users and roles what they should be, and switches authentication on. Each user has a
 * role of the same name. It can be repeated: what is right already is left as it is. Users have
 * random passwords that nobody knows: etcd identifies them by the common names of their client
 * certificates ({@code --client-cert-auth}). Users and roles that are not named are left alone.
 * Blocks; for one thread.
 */
public final class EtcdUsers {

  /** etcd's user for maintenance, and the role that it must have. */
  public static final String ROOT = "root";

  private static final Logger log = LoggerFactory.getLogger(EtcdUsers.class);

  /** bcrypt takes 72 characters at most. */
  private static final int PASSWORD_BYTES = 32;

  private final EtcdConnection etcd;
  private final List<String> roots;

  /**
   * @param etcd as {@link #ROOT}, or any while authentication is off
   * @param namespace the path before all keys; empty for none
   */
  public EtcdUsers(EtcdConnection etcd, String namespace) {
    this.etcd = etcd;
    InstanceCodec codec = new InstanceCodec(namespace, ValueFormat.GRPC);
    this.roots = List.of(codec.root(), codec.details().root());
  }

  /**
   * Creates what is missing, corrects what is different, and switches authentication on.
   *
   * @throws EtcdUnavailableException if etcd can't be reached, or refuses
   * @throws InterruptedException if the thread is interrupted; it can be called again
   */
  public void apply(Collection<EtcdUser> users) throws InterruptedException {
    addUser(ROOT);
    addRole(ROOT);
    grant(ROOT);
    for (EtcdUser user : users) {
      addUser(user.name());
      addRole(user.name());
      permit(user);
      grant(user.name());
    }
    done(etcd.auth().authEnable(AuthEnableRequest.getDefaultInstance()), "");
    log.info("etcd has the users {} and asks for them", names(users));
  }

  private static Set<String> names(Collection<EtcdUser> users) {
    Set<String> names = new TreeSet<>();
    users.forEach(user -> names.add(user.name()));
    return names;
  }

  private void addUser(String name) throws InterruptedException {
    AuthUserAddRequest user =
        AuthUserAddRequest.newBuilder().setName(name).setPassword(unknownPassword()).build();
    if (done(etcd.auth().userAdd(user), "user name already exists")) {
      log.info("user {} is new", name);
    }
  }

  private static String unknownPassword() {
    byte[] password = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(password);
    return Base64.getEncoder().encodeToString(password);
  }

  private void addRole(String name) throws InterruptedException {
    done(
        etcd.auth().roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build()),
        "role name already exists");
  }

  private void grant(String name) throws InterruptedException {
    List<String> roles =
        answer(etcd.auth().userGet(AuthUserGetRequest.newBuilder().setName(name).build()))
            .getRolesList();
    if (!roles.contains(name)) {
      answer(
          etcd.auth()
              .userGrantRole(
                  AuthUserGrantRoleRequest.newBuilder().setUser(name).setRole(name).build()));
    }
  }

  /** The role's permissions are exactly the user's. */
  private void permit(EtcdUser user) throws InterruptedException {
    Set<Permission> wanted = new HashSet<>();
    for (String root : roots) {
      wanted.add(permission(Type.READ, root));
      user.services()
          .forEach(service -> wanted.add(permission(Type.READWRITE, root + service + "/")));
    }
    List<Permission> before =
        answer(etcd.auth().roleGet(AuthRoleGetRequest.newBuilder().setRole(user.name()).build()))
            .getPermList();
    for (Permission each : before) {
      if (!wanted.contains(each)) {
        log.info("user {} loses {} of {}", user.name(), each.getPermType(), text(each));
        answer(
            etcd.auth()
                .roleRevokePermission(
                    AuthRoleRevokePermissionRequest.newBuilder()
                        .setRole(user.name())
                        .setKey(each.getKey())
                        .setRangeEnd(each.getRangeEnd())
                        .build()));
      }
    }
    List<Permission> missing = new ArrayList<>(wanted);
    missing.removeAll(before);
    for (Permission each : missing) {
      log.info("user {} gets {} of {}", user.name(), each.getPermType(), text(each));
      answer(
          etcd.auth()
              .roleGrantPermission(
                  AuthRoleGrantPermissionRequest.newBuilder()
                      .setName(user.name())
                      .setPerm(each)
                      .build()));
    }
  }

  private static String text(Permission permission) {
    return permission.getKey().toStringUtf8() + "*";
  }

  private static Permission permission(Type type, String prefix) {
    ByteString start = ByteString.copyFromUtf8(prefix);
    byte[] end = start.toByteArray();
    // All prefixes end with a slash.
    end[end.length - 1]++;
    return Permission.newBuilder()
        .setPermType(type)
        .setKey(start)
        .setRangeEnd(ByteString.copyFrom(end))
        .build();
  }

  /** False if etcd answers with this error, which says that it is done already. */
  private boolean done(ListenableFuture<?> call, String already) throws InterruptedException {
    try {
      call.get();
      return true;
    } catch (ExecutionException e) {
      Status status = Status.fromThrowable(e.getCause());
      String text = String.valueOf(status.getDescription());
      if (!already.isEmpty() && text.contains(already)) {
        return false;
      }
      throw unavailable(status);
    }
  }

  private static <T> T answer(ListenableFuture<T> call) throws InterruptedException {
    try {
      return call.get();
    } catch (ExecutionException e) {
      throw unavailable(Status.fromThrowable(e.getCause()));
    }
  }

  private static EtcdUnavailableException unavailable(Status status) {
    return new EtcdUnavailableException(EtcdFailure.explain(status));
  }
}
