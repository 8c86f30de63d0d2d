package dev.platform.spring.chain;

import dev.platform.core.chain.ClientChain;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ServerChain;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.request.IncomingRequests;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * The interceptors of all features as one chain per side, which each Spring line registers once.
 */
@AutoConfiguration
public final class ChainAutoConfiguration {

  @Bean
  ServerChain serverChain(
      ObjectProvider<ServerLink> links, ObjectProvider<IncomingRequests> requests) {
    return new ServerChain(links.stream().toList(), requests.getIfAvailable());
  }

  @Bean
  ClientChain clientChain(ObjectProvider<ClientLink> links) {
    return new ClientChain(links.stream().toList());
  }
}
