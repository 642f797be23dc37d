package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.CANNOT_BE_COPIED;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.weights.embeddings.EmbeddingInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Copies a configuration with other updaters, wherever they stand: in layers inside of layers, in
 * lists and maps, in classes that the library has never seen.
 *
 * <p>By Java's serialisation, in memory. DL4J's {@code clone()} shares some objects with the
 * original (updaters, the layer inside of a LastTimeStep) and forgets fields of others
 * (AttentionVertex its updaters, AdaGrad its schedule); what it writes as JSON lacks word vectors
 * in memory, some schedules, and layers that are anonymous classes.
 */
public final class UpdatersInside {

  /** What updaters become. */
  public interface Change {

    /**
     * Gives another one; or {@code updater} itself, and what is inside of it is asked about. The
     * name of its layer or vertex is {@code null} if it has none.
     */
    IUpdater apply(String layer, IUpdater updater);
  }

  /** What may be large, or alive, and never holds an updater that DL4J asks a layer for. */
  private static final List<Class<?>> SHARED =
      List.of(INDArray.class, EmbeddingInitializer.class, Model.class);

  /** Stands for an object that is put into the copy as it is. */
  private static final class Place implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int index;

    Place(int index) {
      this.index = index;
    }
  }

  private final Change change;
  private final List<Object> objects = new ArrayList<>();

  /** By name: no class loader needs to see all of them. */
  private final Map<String, Class<?>> classes = new HashMap<>();

  private String layer;

  private UpdatersInside(Change change) {
    this.change = change;
  }

  /** A copy of a configuration, in which the updaters are what {@code change} makes of them. */
  @SuppressWarnings("unchecked") // a copy is of the original's class
  public static <T> T changed(T configuration, Change change) {
    return (T) new UpdatersInside(change).copy(configuration);
  }

  private Object copy(Object original) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      try (ObjectOutputStream out = new Writer(bytes)) {
        out.writeObject(original);
      }
      return new Reader(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw CANNOT_BE_COPIED.state(
          "{} cannot be copied, as Java cannot serialise what is in it: mend that, or write"
              + " AgcGradientNormalization in the configuration itself ({})",
          original.getClass().getName(),
          e);
    }
  }

  private final class Writer extends ObjectOutputStream {

    Writer(OutputStream out) throws IOException {
      super(out);
      enableReplaceObject(true);
    }

    @Override
    protected void annotateClass(Class<?> type) {
      classes.put(type.getName(), type);
    }

    @Override
    protected Object replaceObject(Object each) {
      if (each instanceof TrainingConfig && ((TrainingConfig) each).getLayerName() != null) {
        layer = ((TrainingConfig) each).getLayerName();
      }
      if (each instanceof IUpdater) {
        IUpdater changed = change.apply(layer, (IUpdater) each);
        return changed == each ? each : placeOf(changed(changed, (name, inner) -> inner));
      }
      if (SHARED.stream().anyMatch(type -> type.isInstance(each))) {
        return placeOf(each);
      }
      if (!(each instanceof Serializable)) {
        requireNoUpdater(each);
        return placeOf(each);
      }
      return each;
    }

    private Place placeOf(Object object) {
      objects.add(object);
      return new Place(objects.size() - 1);
    }

    /** What is not serialisable is shared, as what a layer is an inner class of. */
    private void requireNoUpdater(Object shared) {
      boolean isOuter =
          classes.values().stream()
              .map(Class::getEnclosingClass)
              .anyMatch(outer -> outer != null && outer.isInstance(shared));
      for (Class<?> type = shared.getClass(); type != null; type = type.getSuperclass()) {
        if (!isOuter
            && Arrays.stream(type.getDeclaredFields())
                .anyMatch(field -> IUpdater.class.isAssignableFrom(field.getType()))) {
          throw CANNOT_BE_COPIED.state(
              "{} holds an updater and is not Serializable, so that it cannot be copied with"
                  + " another one: make it so, or write AgcGradientNormalization in the"
                  + " configuration itself",
              shared.getClass().getName());
        }
      }
    }
  }

  private final class Reader extends ObjectInputStream {

    Reader(InputStream in) throws IOException {
      super(in);
      enableResolveObject(true);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass type)
        throws IOException, ClassNotFoundException {
      Class<?> known = classes.get(type.getName());
      return known == null ? super.resolveClass(type) : known;
    }

    @Override
    protected Object resolveObject(Object each) {
      return each instanceof Place ? objects.get(((Place) each).index) : each;
    }
  }
}
