package com.example.zookeeper;

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
import org.springframework.cloud.zookeeper.discovery.ZookeeperDiscoveryClient;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/** Instances of price-service and their callers, in etcd, ZooKeeper or both. */
final class Fleet implements AutoCloseable {

  /** Which registries an application uses: the steps of a move. */
  enum Step {
    ZOOKEEPER("platform.registry.enabled=false", "platform.discovery.enabled=false"),
    BOTH(),
    ETCD("spring.cloud.zookeeper.enabled=false");

    private final List<String> properties;

    Step(String... properties) {
      this.properties = List.of(properties);
    }
  }

  final EmbeddedEtcd etcd = EmbeddedEtcd.builder().build();
  final RealZooKeeper zooKeeper = new RealZooKeeper();
  private final List<ConfigurableApplicationContext> applications = new ArrayList<>();

  Fleet() {
    etcd.start();
  }

  ConfigurableApplicationContext instance(
      int number, Step step, ApplicationListener<?>... listeners) {
    return start(
        new SpringApplicationBuilder(ServiceApplication.class).listeners(listeners),
        step,
        "--spring.application.name=price-service",
        "--number=" + number);
  }

  /** The arguments of an instance in another process. */
  List<String> arguments(int number, Step step) {
    return arguments(step, "--spring.application.name=price-service", "--number=" + number);
  }

  Caller caller(Step step, String... more) {
    List<String> all = new ArrayList<>(List.of("--spring.application.name=caller"));
    all.addAll(List.of(more));
    return new Caller(
        start(
            new SpringApplicationBuilder(CallerApplication.class),
            step,
            all.toArray(String[]::new)));
  }

  private ConfigurableApplicationContext start(
      SpringApplicationBuilder application, Step step, String... more) {
    ConfigurableApplicationContext started =
        application.run(arguments(step, more).toArray(String[]::new));
    applications.add(started);
    return started;
  }

  private List<String> arguments(Step step, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
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
                "--platform.drain.delay=3s",
                "--spring.cloud.zookeeper.connect-string=" + zooKeeper.address(),
                "--spring.cloud.zookeeper.discovery.instance-host=127.0.0.1"));
    step.properties.forEach(property -> all.add("--" + property));
    all.addAll(Arrays.asList(more));
    return all;
  }

  @Override
  public void close() {
    applications.forEach(ConfigurableApplicationContext::close);
    zooKeeper.close();
    etcd.close();
  }

  /** An application that calls price-service. */
  static final class Caller {

    final ConfigurableApplicationContext application;
    private final PriceServiceBlockingStub prices;

    private Caller(ConfigurableApplicationContext application) {
      this.application = application;
      this.prices = application.getBean(PriceServiceBlockingStub.class);
    }

    /** The number of the instance that answers. */
    int call() {
      return (int) prices.getPrice(GetPriceRequest.getDefaultInstance()).getCents();
    }

    /** How many of a hundred calls each instance answers. */
    Map<Integer, Integer> calls() {
      Map<Integer, Integer> answers = new TreeMap<>();
      for (int i = 0; i < 100; i++) {
        answers.merge(call(), 1, Integer::sum);
      }
      return answers;
    }

    /** What ZooKeeper lists now. */
    List<ServiceInstance> inZooKeeper() {
      return application.getBean(ZookeeperDiscoveryClient.class).getInstances("price-service");
    }
  }
}
