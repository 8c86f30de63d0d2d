package com.example.registries;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/** Instances of price-service and their callers, in etcd, another registry or both. */
public final class Fleet implements AutoCloseable {

  /** Which registries an application uses: the steps of a move. */
  public enum Step {
    OTHER,
    BOTH,
    ETCD
  }

  public final EmbeddedEtcd etcd = EmbeddedEtcd.builder().build();
  public final OtherRegistry other;
  private final List<ConfigurableApplicationContext> applications = new ArrayList<>();

  /**
   * @param other closed with the fleet
   */
  public Fleet(OtherRegistry other) {
    this.other = other;
    etcd.start();
  }

  /** Starts an instance in this JVM; its number is what it answers. */
  public ConfigurableApplicationContext instance(
      int number, Step step, ApplicationListener<?>... listeners) {
    return instance(number, step, List.of(), listeners);
  }

  /**
   * The same with further properties.
   *
   * @param more such as {@code name=value}
   */
  public ConfigurableApplicationContext instance(
      int number, Step step, List<String> more, ApplicationListener<?>... listeners) {
    return start(
        new SpringApplicationBuilder(ServiceApplication.class).listeners(listeners),
        instanceArguments(number, step, more));
  }

  /** The arguments of an instance in another process. */
  public List<String> instanceArguments(int number, Step step, List<String> more) {
    List<String> all = arguments(step, "price-service");
    all.add("--number=" + number);
    all.add("--platform.registry.metadata.number=" + number);
    more.forEach(property -> all.add("--" + property));
    return all;
  }

  /** Starts a caller in this JVM. */
  public Caller caller(Step step) {
    return new Caller(
        start(new SpringApplicationBuilder(CallerApplication.class), arguments(step, "caller")),
        other.client());
  }

  private ConfigurableApplicationContext start(
      SpringApplicationBuilder application, List<String> arguments) {
    ConfigurableApplicationContext started = application.run(arguments.toArray(String[]::new));
    applications.add(started);
    return started;
  }

  private List<String> arguments(Step step, String name) {
    List<String> all =
        new ArrayList<>(
            Arrays.asList(
                "--spring.application.name=" + name,
                "--server.port=0",
                "--grpc.server.port=0",
                "--spring.grpc.server.port=0",
                "--platform.etcd.endpoints=" + etcd.endpoint(),
                "--platform.registry.advertise-host=127.0.0.1",
                "--platform.registry.lease-ttl=10s",
                "--platform.discovery.allow-loopback=true",
                "--platform.discovery.snapshot.enabled=false",
                "--platform.discovery.poll-interval=1s",
                "--platform.start.warm-up.enabled=false",
                "--platform.drain.delay=3s"));
    other.properties().forEach(property -> all.add("--" + property));
    switch (step) {
      case OTHER -> {
        all.add("--platform.registry.enabled=false");
        all.add("--platform.discovery.enabled=false");
      }
      case BOTH -> {}
      case ETCD -> all.add("--" + other.off());
    }
    return all;
  }

  @Override
  public void close() {
    applications.forEach(ConfigurableApplicationContext::close);
    other.close();
    etcd.close();
  }

  /** An application that calls price-service. */
  public static final class Caller {

    public final ConfigurableApplicationContext application;
    private final PriceServiceBlockingStub prices;
    private final Class<? extends DiscoveryClient> client;

    private Caller(
        ConfigurableApplicationContext application, Class<? extends DiscoveryClient> client) {
      this.application = application;
      this.prices = application.getBean(PriceServiceBlockingStub.class);
      this.client = client;
    }

    /** The number of the instance that answers. */
    public int call() {
      return (int) prices.getPrice(GetPriceRequest.getDefaultInstance()).getCents();
    }

    /** How many of a hundred calls each instance answers. */
    public Map<Integer, Integer> calls() {
      Map<Integer, Integer> answers = new TreeMap<>();
      for (int i = 0; i < 100; i++) {
        answers.merge(call(), 1, Integer::sum);
      }
      return answers;
    }

    /** What the other registry lists now. */
    public List<ServiceInstance> inOther() {
      return application.getBean(client).getInstances("price-service");
    }
  }
}
