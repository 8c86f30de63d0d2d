package dev.platform.spring.check;

import dev.platform.spring.mesh.MeshPart;
import dev.platform.spring.mesh.MeshProperties;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Settings of what a mesh does in the platform's place. */
final class MeshRule implements ConfigurationRule {

  private static final String TRANSPORT = "platform.security.transport.mode";
  private static final String PLAINTEXT = "plaintext";

  private final Environment environment;

  MeshRule(Environment environment) {
    this.environment = environment;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    if (Binder.get(environment).bindOrCreate("platform.mesh", MeshProperties.class).enabled()) {
      List<MeshPart> off = MeshPart.off(environment);
      off.forEach(part -> settings(part, found));
      if (off.containsAll(List.of(MeshPart.REGISTRATION, MeshPart.DISCOVERY))) {
        settings("platform.etcd", "registration and discovery", "", found);
      }
      transport(found);
    }
    return found;
  }

  private void settings(MeshPart part, List<Finding> found) {
    part.settings()
        .forEach(prefix -> settings(prefix, part.toString(), ", or " + part.on(), found));
  }

  private void settings(String prefix, String parts, String orOn, List<Finding> found) {
    SetProperties.under(environment, prefix)
        .forEach(
            (property, where) ->
                found.add(
                    new Finding(
                        property,
                        where,
                        "not set%s: platform.mesh.enabled switches %s off"
                            .formatted(orOn, parts))));
  }

  private void transport(List<Finding> found) {
    String mode = environment.getProperty(TRANSPORT, PLAINTEXT);
    if (!mode.equalsIgnoreCase(PLAINTEXT)) {
      found.add(
          new Finding(
              TRANSPORT,
              mode,
              "plaintext: with platform.mesh.enabled the mesh's proxies encrypt, and can't balance"
                  + " calls that are encrypted before"));
    }
  }
}
