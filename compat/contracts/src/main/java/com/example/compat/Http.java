package com.example.compat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.springframework.core.env.Environment;

/** Plain requests to the application under test, on both lines. */
public final class Http {

  private Http() {}

  /** Requests a path of the application's own web server, whatever the type of its answer. */
  public static HttpResponse<String> get(Environment environment, String path)
      throws IOException, InterruptedException {
    return get(environment, path, "*/*");
  }

  /** Requests a path of the application's own web server; fails after a minute. */
  public static HttpResponse<String> get(Environment environment, String path, String type)
      throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://127.0.0.1:" + environment.getRequiredProperty("local.server.port") + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Accept", type).timeout(Duration.ofMinutes(1)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
