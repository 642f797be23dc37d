package io.github.dl4jagc.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The class loader of an application: it has classes of its own, and registers services that its
 * parent does not see.
 */
public final class ClassLoaderOf extends ClassLoader {

  private final List<String> own;
  private final Map<String, String> services = new HashMap<>();

  /**
   * @param classes that this loader defines itself, though its parent has them too
   */
  public ClassLoaderOf(Class<?>... classes) {
    super(ClassLoaderOf.class.getClassLoader());
    own = Arrays.stream(classes).map(Class::getName).collect(Collectors.toList());
  }

  /** Registers classes by their names; they need not exist. */
  public ClassLoaderOf registering(Class<?> service, String... implementations) {
    services.put("META-INF/services/" + service.getName(), String.join("\n", implementations));
    return this;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      if (!own.contains(name)) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) {
    try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
      byte[] code = file.readAllBytes();
      return defineClass(name, code, 0, code.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An object of the class that this loader has by the name of another. */
  public Object newInstance(Class<?> type) throws ReflectiveOperationException {
    return loadClass(type.getName()).getConstructor().newInstance();
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    String text = services.get(name);
    return text == null
        ? super.getResources(name)
        : Collections.enumeration(List.of(new URL(null, "text:" + name, new Text(text))));
  }

  private static final class Text extends URLStreamHandler {
    private final byte[] content;

    Text(String content) {
      this.content = content.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected URLConnection openConnection(URL url) {
      return new URLConnection(url) {
        @Override
        public void connect() {}

        @Override
        public InputStream getInputStream() {
          return new ByteArrayInputStream(content);
        }
      };
    }
  }

  /** Runs something in this thread with a context class loader. */
  public static void withContext(ClassLoader loader, Runnable action) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      action.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
