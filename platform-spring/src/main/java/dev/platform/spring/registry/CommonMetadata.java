package dev.platform.spring.registry;

import dev.platform.core.instance.InstanceMetadata;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.core.env.Environment;

/** The metadata of this process that does not differ between registries, before its ports. */
final class CommonMetadata {

  private CommonMetadata() {}

  static Map<String, String> of(
      RegistryProperties properties,
      Environment environment,
      ObjectProvider<BuildProperties> build,
      ObjectProvider<RegistrationCustomizer> customizers) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(InstanceMetadata.WEIGHT, "100");
    build.ifAvailable(info -> metadata.put(InstanceMetadata.VERSION, info.getVersion()));
    String version = environment.getProperty("spring.application.version");
    if (version != null) {
      metadata.put(InstanceMetadata.VERSION, version);
    }
    metadata.putAll(properties.metadata());
    customizers.orderedStream().forEach(customizer -> customizer.customize(metadata));
    metadata.remove(InstanceMetadata.STATUS);
    return metadata;
  }
}
