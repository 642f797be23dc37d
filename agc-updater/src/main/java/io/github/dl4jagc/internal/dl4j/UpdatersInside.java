package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.CANNOT_BE_COPIED;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.embeddings.EmbeddingInitializer;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Copies a configuration with other updaters, wherever they stand: in layers inside of layers, in
 * lists and maps, in classes that the library has never seen.
 *
 * <p>DL4J's {@code clone()} copies some objects, shares others with the original (updaters, the
 * layer inside of a LastTimeStep) and forgets fields of a few (AttentionVertex its updaters,
 * AdaGrad its schedule). So original and clone are walked through side by side: what holds an
 * updater and is shared is cloned, and what was forgotten is put back. What holds none stays as
 * {@code clone()} left it.
 */
public final class UpdatersInside {

  /** What updaters become. */
  public interface Change {

    /**
     * Gives another one; or {@code updater} itself, a copy, and what is inside of it is asked
     * about. The name of its layer or vertex is {@code null} if it has none.
     */
    IUpdater apply(String layer, IUpdater updater);
  }

  /** What is a value; one that a clone has forgotten is put back. */
  private static final List<Class<?>> SIMPLE =
      List.of(Number.class, CharSequence.class, Boolean.class, Character.class, Enum.class);

  /** What may be large, or alive, and never holds an updater that DL4J asks a layer for. */
  private static final List<Class<?>> NOT_LOOKED_INTO =
      List.of(
          INDArray.class,
          IWeightInit.class,
          EmbeddingInitializer.class,
          SameDiff.class,
          Model.class);

  private final Change change;
  private final Map<Object, Boolean> holders = new IdentityHashMap<>();
  private final Map<Object, Object> copies = new IdentityHashMap<>();
  private String layer;

  private UpdatersInside(Change change) {
    this.change = change;
  }

  /** A copy of a configuration, in which the updaters are what {@code change} makes of them. */
  @SuppressWarnings("unchecked") // a copy is of the original's class
  public static <T> T changed(T configuration, Change change) {
    return (T) new UpdatersInside(change).copy(configuration, null);
  }

  private Object copy(Object original, Object present) {
    Object copy = copies.get(original);
    if (copy == null) {
      copy = present == null || present == original ? cloned(original) : present;
      copies.put(original, copy);
      fill(original, copy);
    }
    return copy;
  }

  private IUpdater copy(IUpdater original) {
    IUpdater copy = original.clone();
    if (copy != original) {
      new UpdatersInside((name, inner) -> inner).fillFields(original, copy);
    }
    IUpdater changed = change.apply(layer, copy);
    if (changed == copy && copy != original) {
      fillFields(copy, copy);
    }
    return changed;
  }

  @SuppressWarnings("unchecked")
  private void fill(Object original, Object copy) {
    if (original instanceof Map) {
      Map<?, ?> originals = (Map<?, ?>) original;
      ((Map<Object, Object>) copy)
          .replaceAll((key, present) -> wanted(originals.get(key), present));
    } else if (asList(original) != null) {
      List<Object> list = (List<Object>) asList(copy);
      for (int i = 0; i < list.size(); i++) {
        list.set(i, wanted(asList(original).get(i), list.get(i)));
      }
    } else {
      fillFields(original, copy);
    }
  }

  private void fillFields(Object original, Object copy) {
    if (original.getClass() != copy.getClass()) {
      return;
    }
    String outerLayer = layer;
    if (original instanceof TrainingConfig && ((TrainingConfig) original).getLayerName() != null) {
      layer = ((TrainingConfig) original).getLayerName();
    }
    for (Field field : fieldsOf(original.getClass())) {
      Object present = valueOf(field, copy);
      Object wanted = wanted(valueOf(field, original), present);
      if (wanted != present) {
        set(field, copy, wanted);
      }
    }
    layer = outerLayer;
  }

  /**
   * What is to stand in the copy in place of {@code present}, which is a clone of the original's,
   * the original's itself, or another value or {@code null} if it was forgotten.
   */
  private Object wanted(Object original, Object present) {
    if (original instanceof IUpdater) {
      return copy((IUpdater) original);
    }
    if (holdsUpdater(original)) {
      return copy(original, present);
    }
    boolean forgotten = present == null || isOf(SIMPLE, original) && !original.equals(present);
    return forgotten ? original : present;
  }

  /** A list, or an array as one whose elements are the array's; {@code null} if it is neither. */
  private static List<?> asList(Object each) {
    return each instanceof Object[]
        ? Arrays.asList((Object[]) each)
        : each instanceof List ? (List<?>) each : null;
  }

  private static Object cloned(Object original) {
    if (original instanceof List) {
      return new ArrayList<>((List<?>) original);
    }
    if (original instanceof Map) {
      return new LinkedHashMap<>((Map<?, ?>) original);
    }
    if (original instanceof Object[]) {
      return ((Object[]) original).clone();
    }
    try {
      Method clone = original.getClass().getMethod("clone");
      clone.setAccessible(true);
      return clone.invoke(original);
    } catch (ReflectiveOperationException e) {
      throw CANNOT_BE_COPIED.state(
          "{} holds an updater and has no public clone() by which it can be copied with another"
              + " one: give it one, or write AgcGradientNormalization in the configuration itself"
              + " ({})",
          original.getClass().getName(),
          e);
    }
  }

  private static boolean isOf(List<Class<?>> types, Object each) {
    return types.stream().anyMatch(type -> type.isInstance(each));
  }

  private boolean holdsUpdater(Object each) {
    if (each == null || isOf(SIMPLE, each) || isOf(NOT_LOOKED_INTO, each)) {
      return false;
    }
    Boolean known = holders.putIfAbsent(each, false); // also while it is looked into: circles end
    if (known != null) {
      return known;
    }
    boolean holds =
        contentsOf(each).stream().anyMatch(o -> o instanceof IUpdater || holdsUpdater(o));
    holders.put(each, holds);
    return holds;
  }

  private static Collection<?> contentsOf(Object each) {
    if (each instanceof Map) {
      return ((Map<?, ?>) each).values();
    }
    if (asList(each) != null) {
      return asList(each);
    }
    List<Object> contents = new ArrayList<>();
    fieldsOf(each.getClass()).forEach(field -> contents.add(valueOf(field, each)));
    return contents;
  }

  /** Those that are configuration, of the class and of those that it extends. */
  private static List<Field> fieldsOf(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> each = type;
        each != null && !each.isArray() && each.getClassLoader() != null; // not Java's own
        each = each.getSuperclass()) {
      for (Field field : each.getDeclaredFields()) {
        if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0
            && !field.isSynthetic()
            && field.trySetAccessible()) {
          fields.add(field);
        }
      }
    }
    return fields;
  }

  private static Object valueOf(Field field, Object owner) {
    try {
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e); // it has been made accessible
    }
  }

  private static void set(Field field, Object owner, Object value) {
    try {
      field.set(owner, value);
    } catch (IllegalAccessException | IllegalArgumentException e) {
      throw CANNOT_BE_COPIED.state(
          "{} holds an updater in its field {}, which cannot be given another one: write"
              + " AgcGradientNormalization in the configuration itself ({})",
          owner.getClass().getName(),
          field.getName(),
          e);
    }
  }
}
