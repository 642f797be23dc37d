package io.github.dl4jagc.internal.stats;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * One value for each network, by its identity and for as long as it lives: it may hold arrays, so
 * it goes as soon as its network has gone, to which it must not refer. Thread-safe.
 */
public final class ByNetwork<V> {

  private static final Cleaner CLEANER = Cleaner.create();

  private final ConcurrentMap<Key, V> values = new ConcurrentHashMap<>();

  private static final class Key extends WeakReference<Object> {
    private final int hash;

    Key(Object network) {
      super(network);
      this.hash = System.identityHashCode(network);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    /** A key whose network has gone is equal to itself alone. */
    @Override
    public boolean equals(Object other) {
      if (this == other) {
        return true;
      }
      Object network = get();
      return network != null && other instanceof Key && ((Key) other).get() == network;
    }
  }

  public V computeIfAbsent(Object network, Supplier<V> value) {
    Key key = new Key(network);
    return values.computeIfAbsent(
        key,
        absent -> {
          CLEANER.register(network, () -> values.remove(key));
          return value.get();
        });
  }
}
