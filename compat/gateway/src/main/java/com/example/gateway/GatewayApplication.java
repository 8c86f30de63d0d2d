package com.example.gateway;

import com.example.price.PriceGrpcService;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** A gateway that also is the service behind it, over HTTP and gRPC. */
@SpringBootApplication
@Import(PriceGrpcService.class)
public class GatewayApplication {

  public static void main(String[] args) {
    SpringApplication.run(GatewayApplication.class, args);
  }

  @Bean
  RouterFunction<ServerResponse> price() {
    return RouterFunctions.route(
        RequestPredicates.GET("/price"), request -> ServerResponse.ok().bodyValue("1299"));
  }

  @Bean
  RouteLocator routes(RouteLocatorBuilder routes) {
    return routes
        .routes()
        .route(
            "by-name",
            route ->
                route
                    .path("/by-name/**")
                    .filters(filters -> filters.stripPrefix(1))
                    .uri("lb://price-service"))
        .build();
  }
}
