package dev.platform.dev.command;

import dev.platform.dev.certificates.DevCertificates;
import dev.platform.dev.certificates.DevCertificates.Issued;
import dev.platform.dev.issuer.TokenClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the runnable jar does besides running services: tokens and certificates, by command line.
 */
public final class DevCommand {

  private static final String USAGE =
      """
      usage: platform-dev [--platform.dev.*=...]     runs the development services
             platform-dev token --subject=ana [--roles=customer,...] [--issuer=http://127.0.0.1:9000]
             platform-dev certificates [--directory=...] [--trust-domain=mall.dev] app=service,... ...
      """;

  private static final Set<String> NAMES = Set.of("token", "certificates");

  private DevCommand() {}

  /** Whether the arguments are a command, and not properties of services. */
  public static boolean isCommand(String[] args) {
    return args.length > 0 && !args[0].startsWith("--");
  }

  /**
   * Runs the command and returns the exit code: 0, 1 if it failed, 2 if it is not understood.
   * Blocks on files or the issuer.
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    if (!NAMES.contains(args[0])) {
      err.print(USAGE);
      return 2;
    }
    try {
      Arguments arguments = Arguments.of(Arrays.asList(args).subList(1, args.length));
      if (args[0].equals("token")) {
        out.println(token(arguments));
      } else {
        certificates(arguments, out);
      }
      return 0;
    } catch (IllegalArgumentException e) {
      err.printf("platform-dev: %s%n%s", e.getMessage(), USAGE);
      return 2;
    } catch (IOException e) {
      err.printf("platform-dev: %s%n", e.getMessage());
      return 1;
    }
  }

  private static String token(Arguments arguments) throws IOException {
    arguments.allowOnly("subject", "roles", "issuer");
    return TokenClient.token(
        arguments.option("issuer", "http://127.0.0.1:9000"),
        arguments.required("subject"),
        arguments.option("roles", ""));
  }

  private static void certificates(Arguments arguments, PrintStream out) throws IOException {
    arguments.allowOnly("directory", "trust-domain");
    if (arguments.others().isEmpty()) {
      throw new IllegalArgumentException("at least one app is required");
    }
    String directory = arguments.option("directory", "");
    DevCertificates certificates =
        new DevCertificates(
            directory.isEmpty()
                ? DevCertificates.userFolder(System.getenv(), System.getProperty("user.home", "."))
                : Path.of(directory),
            arguments.option("trust-domain", DevCertificates.TRUST_DOMAIN),
            Clock.systemUTC());
    for (String app : arguments.others()) {
      String[] parts = app.split("=", 2);
      List<String> services = parts.length == 1 ? List.of() : List.of(parts[1].split(","));
      Issued issued = certificates.of(parts[0], services);
      out.printf("%s  %s  until %s%n", issued.certificate(), issued.spiffeId(), issued.until());
    }
  }

  /**
   * A command's arguments.
   *
   * @param options {@code --name=value} or {@code --name value}
   * @param others in their order
   */
  private record Arguments(Map<String, String> options, List<String> others) {

    static Arguments of(List<String> args) {
      Arguments found = new Arguments(new HashMap<>(), new ArrayList<>());
      Iterator<String> each = args.iterator();
      while (each.hasNext()) {
        String arg = each.next();
        if (!arg.startsWith("--")) {
          found.others.add(arg);
        } else if (arg.indexOf('=') > 0) {
          found.options.put(
              arg.substring(2, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
        } else if (each.hasNext()) {
          found.options.put(arg.substring(2), each.next());
        } else {
          throw new IllegalArgumentException(arg + " needs a value");
        }
      }
      return found;
    }

    void allowOnly(String... names) {
      for (String name : options.keySet()) {
        if (!Arrays.asList(names).contains(name)) {
          throw new IllegalArgumentException("unknown option --" + name);
        }
      }
    }

    String option(String name, String otherwise) {
      return options.getOrDefault(name, otherwise);
    }

    String required(String name) {
      if (option(name, "").isBlank()) {
        throw new IllegalArgumentException("--%s is required".formatted(name));
      }
      return option(name, "");
    }
  }
}
