package io.github.dl4jagc.internal.check;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What has been logged in this process. Workers copy their network over and over, and settings are
 * read anew for each layer: saying it once is enough.
 */
public final class WarnOnce {

  /** As text, so that no class and no network is kept. */
  private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

  private WarnOnce() {}

  /** Whether this has not been logged yet: the next call of the same says no. */
  public static boolean isDue(Troubleshooting entry, Object... what) {
    return LOGGED.add(entry + " " + Arrays.deepToString(what));
  }

  /** For tests: everything may be logged once more. */
  static void forget() {
    LOGGED.clear();
  }
}
