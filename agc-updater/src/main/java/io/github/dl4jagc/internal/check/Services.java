package io.github.dl4jagc.internal.check;

import static io.github.dl4jagc.internal.check.Troubleshooting.SERVICES_THAT_CANNOT_BE_USED;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Implementations that others register in {@code META-INF/services}. */
public final class Services {

  private static final Logger log = LoggerFactory.getLogger(Services.class);

  /** A loader that cannot read its class path fails again and again. */
  private static final int FAILURES_OF_A_LOADER = 100;

  private Services() {}

  /**
   * What these class loaders see, and the thread's context loader after them, each class once. What
   * cannot be loaded is left out, with a warning that names it: training goes on without it.
   */
  public static <S> List<S> of(Class<S> service, ClassLoader... loaders) {
    Set<ClassLoader> inOrder = new LinkedHashSet<>(Arrays.asList(loaders));
    inOrder.add(Thread.currentThread().getContextClassLoader());
    List<S> found = new ArrayList<>();
    for (ClassLoader loader : inOrder) {
      addFrom(loader, service, found);
    }
    return found;
  }

  private static <S> void addFrom(ClassLoader loader, Class<S> service, List<S> found) {
    Iterator<S> each = ServiceLoader.load(service, loader).iterator();
    for (int failures = 0; failures < FAILURES_OF_A_LOADER; ) {
      try {
        if (!each.hasNext()) {
          return;
        }
        S next = each.next();
        if (found.stream().noneMatch(other -> other.getClass() == next.getClass())) {
          found.add(next);
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        failures++;
        warn(service.getSimpleName() + " that is registered", e);
      }
    }
  }

  /** Warns, once, of an implementation that fails; its stack trace is not logged. */
  public static void warn(String what, Throwable failure) {
    if (WarnOnce.isDue(SERVICES_THAT_CANNOT_BE_USED, what, failure)) {
      log.warn(
          SERVICES_THAT_CANNOT_BE_USED.message(
              "AGC goes on without a {}: {}. Mend it, or remove it from META-INF/services.",
              what,
              failure));
    }
  }
}
