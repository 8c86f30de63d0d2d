package dev.platform.spring.check;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Properties with a name of the other Spring Boot line: on this line they have no effect, and
 * nothing else reports them. Values are not reported: they may be secrets.
 */
final class OtherLineRule implements ConfigurationRule {

  private static final ConfigurationPropertyName OLD_PORT =
      ConfigurationPropertyName.of("grpc.server.port");

  private final Environment environment;
  private final String springBoot;

  OtherLineRule(Environment environment) {
    this(environment, SpringBootVersion.getVersion());
  }

  OtherLineRule(Environment environment, String springBoot) {
    this.environment = environment;
    this.springBoot = springBoot;
  }

  @Override
  public List<Finding> findings() {
    RenamedProperties renamed = RenamedProperties.ofOtherLine(!springBoot.startsWith("3."));
    return SetProperties.sources(environment)
        .flatMap(source -> findings(source, renamed))
        .distinct()
        .toList();
  }

  private Stream<Finding> findings(
      IterableConfigurationPropertySource source, RenamedProperties renamed) {
    return source.stream()
        .flatMap(name -> renamed.find(name).map(other -> finding(source, name, other)).stream());
  }

  private Finding finding(
      IterableConfigurationPropertySource source,
      ConfigurationPropertyName name,
      RenamedProperties.Renamed other) {
    String line = "Spring Boot " + springBoot;
    if (name.equals(OLD_PORT) && isMinusOne(source, name)) {
      return new Finding(
          name.toString(),
          SetProperties.where(source, name),
          "spring.grpc.server.enabled: false, its name on %s for no server".formatted(line));
    }
    return new Finding(
        name.toString(),
        SetProperties.where(source, name),
        other
            .here()
            .map(here -> "%s, its name on %s".formatted(here, line))
            .orElse("nothing: there is no such property on " + line));
  }

  /** On the old line, a port that means no server. */
  private static boolean isMinusOne(
      IterableConfigurationPropertySource source, ConfigurationPropertyName name) {
    ConfigurationProperty port = source.getConfigurationProperty(name);
    return port != null && String.valueOf(port.getValue()).equals("-1");
  }
}
