package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every call that the rules forbid is refused, and every call that they allow gets past
 * authorization: all workloads, with users and without, and all methods of the contracts.
 */
class CallGraphIT {

  private static final long LIMIT_SECONDS = 60;
  private static final String STRANGER = "stranger";

  private static SecureMall secure;
  private static CallRules rules;

  /**
   * Who calls.
   *
   * @param workload that is proved; null for none
   * @param user who is meant, for messages
   * @param roles of the user; null without one
   * @param token the user's
   */
  private record Caller(
      @Nullable String workload, String user, @Nullable Set<String> roles, @Nullable String token) {

    @Override
    public String toString() {
      return (workload == null ? "unidentified" : workload) + " for " + user;
    }
  }

  @BeforeAll
  static void open() throws Exception {
    rules = CallRules.read();
    secure = SecureMall.open("call-graph");
    secure.mall().startAll();
  }

  @AfterAll
  static void close() {
    secure.close();
  }

  @Test
  void everyForbiddenCallIsRefusedAndEveryAllowedOnePasses() throws Exception {
    Map<String, CompletableFuture<EmptyCall>> calls = new LinkedHashMap<>();
    Map<String, Code> expected = new LinkedHashMap<>();
    for (Caller caller : callers()) {
      forEachMethod(
          caller,
          (channel, method) -> {
            String name = caller + ": " + method.getFullMethodName();
            expected.put(name, rules.expected(method, caller.workload(), caller.roles()));
            calls.put(name, EmptyCall.start(channel, method));
          });
      CompletableFuture.allOf(calls.values().toArray(new CompletableFuture<?>[0]))
          .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, Code> each : expected.entrySet()) {
      EmptyCall end = calls.get(each.getKey()).get();
      if (each.getValue() != end.decision()) {
        wrong.add("%s: %s (expected: %s)".formatted(each.getKey(), end, each.getValue()));
      }
    }
    Report.line(
        "call graph: %d calls, %d allowed",
        expected.size(), expected.values().stream().filter(Code.OK::equals).count());
    assertThat(wrong).isEmpty();
    assertThat(expected.values()).contains(Code.OK, Code.UNAUTHENTICATED, Code.PERMISSION_DENIED);
  }

  private static List<Caller> callers() {
    Set<String> workloads = new TreeSet<>(rules.callers());
    Stream.of(App.values()).map(Certificates::workload).forEach(workloads::add);
    workloads.add(STRANGER);
    Set<String> all = new TreeSet<>();
    rules.rules().values().forEach(rule -> all.addAll(rule.roles()));
    String plain = secure.token("ana");
    String mighty = secure.token("root", all.toArray(String[]::new));
    List<Caller> callers = new ArrayList<>();
    for (String workload : workloads) {
      callers.add(new Caller(workload, "nobody", null, null));
      callers.add(new Caller(workload, "a customer", Set.of(), plain));
      callers.add(new Caller(workload, "a user with all roles", all, mighty));
      // One role of a method is not another's.
      for (String role : all) {
        callers.add(new Caller(workload, "a " + role, Set.of(role), secure.token("one", role)));
      }
    }
    callers.add(new Caller(null, "nobody", null, null));
    callers.add(new Caller(null, "a user with all roles", all, mighty));
    return callers;
  }

  private interface Visit {

    void to(Channel channel, MethodDescriptor<?, ?> method);
  }

  private static void forEachMethod(Caller caller, Visit visit) {
    TlsClient client =
        caller.workload() == null
            ? secure.certificates().unidentified()
            : secure.certificates().client(caller.workload());
    forEachMethod(
        client,
        (channel, method) ->
            visit.to(
                caller.token() == null ? channel : secure.onBehalfOf(caller.token(), channel),
                method));
  }

  private static void forEachMethod(TlsClient client, Visit visit) {
    for (App app : App.values()) {
      String address = secure.app(app).address();
      CallRules.services(app)
          .forEach(
              (service, contracts) -> {
                Channel channel = secure.channel(client, address, service);
                for (ServiceDescriptor contract : contracts) {
                  contract.getMethods().forEach(method -> visit.to(channel, method));
                }
              });
    }
  }

  @Test
  void whoeverProvesNothingGetsNoConnection() throws Exception {
    Map<String, EmptyCall> ends = new LinkedHashMap<>();
    for (App app : App.values()) {
      Channels plain = new Channels();
      Channel plaintext = plain.to(secure.app(app).address());
      try (plain) {
        for (MethodDescriptor<?, ?> method : CallRules.methods(app).toList()) {
          ends.put("in plain text " + method.getFullMethodName(), end(plaintext, method));
        }
      }
    }
    forEachMethod(
        secure.certificates().nobody(),
        (channel, method) ->
            ends.put("without certificate " + method.getFullMethodName(), end(channel, method)));
    forEachMethod(
        secure.certificates().foreigner(Certificates.workload(App.ORDER)),
        (channel, method) ->
            ends.put("of another authority " + method.getFullMethodName(), end(channel, method)));

    assertThat(ends)
        .allSatisfy((name, end) -> assertThat(end.status().getCode()).isEqualTo(Code.UNAVAILABLE));
    assertThat(ends).hasSizeGreaterThan(60);
  }

  private static EmptyCall end(Channel channel, MethodDescriptor<?, ?> method) {
    return EmptyCall.start(channel, method).orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
  }
}
