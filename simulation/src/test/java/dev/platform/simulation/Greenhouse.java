package dev.platform.simulation;

import dev.platform.core.planted.PlantedFault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A class loader in which a fault is planted: it has classes of its own of the platform, of this
 * simulation and of gRPC, the changed ones compiled anew. All else is that of the tests.
 */
final class Greenhouse extends ClassLoader {

  private static final List<String> OWN = List.of("dev.platform.", "io.grpc.", "io.etcd.");

  private final Map<String, byte[]> planted;

  private Greenhouse(Map<String, byte[]> planted) {
    super(Greenhouse.class.getClassLoader());
    this.planted = planted;
  }

  /**
   * @param sources the directory of {@code dev/platform/core}
   * @throws IllegalArgumentException if the changed sources do not compile
   */
  static Greenhouse with(PlantedFault fault, Path sources) throws IOException {
    List<JavaFileObject> units = new ArrayList<>();
    fault.plant(sources).forEach((type, source) -> units.add(new Source(type, source)));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      Compiled compiled = new Compiled(files);
      boolean done =
          compiler
              .getTask(
                  messages,
                  compiled,
                  null,
                  List.of("-proc:none", "-nowarn", "-classpath", classPath()),
                  null,
                  units)
              .call();
      if (!done) {
        throw new IllegalArgumentException(fault.name() + ": " + messages);
      }
      Map<String, byte[]> classes = new HashMap<>();
      compiled.classes.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
      return new Greenhouse(classes);
    }
  }

  private static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (OWN.stream().noneMatch(name::startsWith)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known == null ? define(name) : known;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = planted.get(name);
    if (bytes == null) {
      try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (file == null) {
          throw new ClassNotFoundException(name);
        }
        bytes = file.readAllBytes();
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    return getParent().getResources(name);
  }

  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    Source(String type, String text) {
      super(URI.create("string:///dev/platform/core/" + type + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Compiled extends ForwardingJavaFileManager<JavaFileManager> {

    private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

    Compiled(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location,
        String className,
        JavaFileObject.Kind kind,
        @Nullable FileObject sibling) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      classes.put(className, bytes);
      URI name = URI.create("bytes:///" + className.replace('.', '/') + kind.extension);
      return new SimpleJavaFileObject(name, kind) {

        @Override
        public OutputStream openOutputStream() {
          return bytes;
        }

        @Override
        public InputStream openInputStream() {
          return new ByteArrayInputStream(bytes.toByteArray());
        }
      };
    }
  }
}
