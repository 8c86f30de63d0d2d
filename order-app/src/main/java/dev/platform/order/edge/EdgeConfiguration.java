package dev.platform.order.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceStub;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceBlockingStub;
import dev.platform.core.priority.PriorityClientInterceptor;
import dev.platform.order.degraded.LastProducts;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.List;
import net.devh.boot.grpc.client.inject.GrpcClient;
import net.devh.boot.grpc.server.serverfactory.GrpcServerConfigurer;
import net.devh.boot.grpc.server.service.GrpcServiceDiscoverer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Wires the edge. Fields for clients: see {@code ClientConfiguration}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EdgeProperties.class)
@SuppressWarnings("NullAway.Init")
class EdgeConfiguration {

  @GrpcClient("product-service")
  private ProductServiceBlockingStub products;

  @GrpcClient("inventory-service")
  private InventoryServiceBlockingStub inventory;

  @Bean
  InProcessServer inProcessServer(
      GrpcServiceDiscoverer services, List<GrpcServerConfigurer> configurers) {
    return new InProcessServer(services, configurers);
  }

  @Bean(destroyMethod = "shutdownNow")
  ManagedChannel edgeChannel(
      InProcessServer server,
      ObjectProvider<Tracer> tracer,
      ObjectProvider<Propagator> propagator) {
    InProcessChannelBuilder channel =
        InProcessChannelBuilder.forName(server.name())
            .intercept(EdgeCaller.sender(), new PriorityClientInterceptor());
    tracer.ifAvailable(
        t -> propagator.ifAvailable(p -> channel.intercept(new TraceContextInterceptor(t, p))));
    return channel.build();
  }

  @Bean
  OrderServiceBlockingStub edgeOrders(ManagedChannel edgeChannel) {
    return OrderServiceGrpc.newBlockingStub(edgeChannel);
  }

  @Bean
  OrderServiceStub edgeWatches(ManagedChannel edgeChannel) {
    return OrderServiceGrpc.newStub(edgeChannel);
  }

  @Bean
  ProductsWithStock productsWithStock(LastProducts lastProducts) {
    return new ProductsWithStock(products, inventory, lastProducts);
  }

  /** One list for all clients, and one call for it at a time. */
  @Bean
  SharedReads<String, ProductsWithStock.Contents> productReads(
      EdgeProperties properties, MeterRegistry meters) {
    SharedReads<String, ProductsWithStock.Contents> reads =
        new SharedReads<>(
            properties.productsMaxAge(),
            1,
            Ticker.systemTicker(),
            new ContextPropagatingTaskDecorator()::decorate);
    reads.bindTo(meters, "edge-products");
    return reads;
  }

  @Bean
  ProtoJson protoJson(EdgeProperties properties) {
    return new ProtoJson((int) properties.maxBody().toBytes());
  }

  @Bean
  CallTimeouts callTimeouts(EdgeProperties properties) {
    return new CallTimeouts(properties);
  }

  @Bean
  Problems problems(ObjectMapper mapper) {
    return new Problems(mapper);
  }

  @Bean(initMethod = "start")
  EventStreams eventStreams(Problems problems, EdgeProperties properties) {
    return new EventStreams(problems, properties, System::nanoTime);
  }

  @Bean
  SecurityHeadersFilter securityHeadersFilter() {
    return new SecurityHeadersFilter();
  }

  @Bean
  MediaTypesFilter mediaTypesFilter(
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    return new MediaTypesFilter(problems);
  }

  @Bean
  WebMvcConfigurer traceHeaders(ObjectProvider<Tracer> tracer, EdgeProperties properties) {
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        tracer.ifAvailable(
            t ->
                registry
                    .addInterceptor(new TraceHeaders(t, properties.traceUrl()))
                    .addPathPatterns("/api/orders/**"));
      }
    };
  }
}
