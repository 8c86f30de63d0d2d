package dev.platform.spring.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** An issuer of tokens with its keys behind a URL. */
final class TestIssuer implements AutoCloseable {

  final AtomicInteger fetches = new AtomicInteger();
  private final HttpServer server;
  private volatile RSAKey current;
  private volatile boolean isAway;

  TestIssuer() throws IOException, JOSEException {
    current = newKey("k1");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/keys",
        exchange -> {
          fetches.incrementAndGet();
          byte[] keys =
              new JWKSet(current.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(isAway ? 503 : 200, isAway ? -1 : keys.length);
          if (!isAway) {
            exchange.getResponseBody().write(keys);
          }
          exchange.close();
        });
    server.start();
  }

  static RSAKey newKey(String id) throws JOSEException {
    return new RSAKeyGenerator(2048).keyID(id).generate();
  }

  String keys() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
  }

  void rotate(String id) throws JOSEException {
    current = newKey(id);
  }

  void away(boolean away) {
    this.isAway = away;
  }

  String sign(JWTClaimsSet claims) throws JOSEException {
    return sign(claims, current);
  }

  static String sign(JWTClaimsSet claims, RSAKey key) throws JOSEException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
    token.sign(new RSASSASigner(key));
    return token.serialize();
  }

  static String unsigned(JWTClaimsSet claims) {
    return new PlainJWT(claims).serialize();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
