package dev.platform.core.planted;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * A class loader in which a fault is planted: it has classes of its own of some packages, the
 * changed ones compiled anew. All else is that of the tests.
 */
public final class PlantedClasses extends ClassLoader {

  private final Map<String, byte[]> planted;
  private final List<String> own;

  private PlantedClasses(Map<String, byte[]> planted, List<String> own) {
    super(PlantedClasses.class.getClassLoader());
    this.planted = planted;
    this.own = own;
  }

  /**
   * @param root the directory of the fault's sources
   * @param own how the names of its own classes begin, {@code dev.platform.}
   * @throws IllegalArgumentException if the changed sources do not compile
   */
  public static PlantedClasses with(PlantedFault fault, Path root, String... own)
      throws IOException {
    List<JavaFileObject> units = new ArrayList<>();
    fault.plant(root).forEach((name, text) -> units.add(new Source(name, text)));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      Compiled compiled = new Compiled(files);
      List<String> options = List.of("-proc:none", "-nowarn", "-classpath", classPath());
      if (!compiler.getTask(messages, compiled, null, options, null, units).call()) {
        throw new IllegalArgumentException(fault.name() + ": " + messages);
      }
      Map<String, byte[]> classes = new HashMap<>();
      compiled.classes.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
      return new PlantedClasses(classes, List.of(own));
    }
  }

  private static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (own.stream().noneMatch(name::startsWith)) {
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

  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
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
      };
    }
  }
}
