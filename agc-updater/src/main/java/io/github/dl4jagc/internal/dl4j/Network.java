package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_NETWORK;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One face for all that DL4J trains, with what it does not have in an interface. This class is that
 * of a layer while {@code pretrain} trains it, which is all that listeners see then; networks of
 * layers say the rest.
 */
public class Network {

  private final Model model;

  Network(Model model) {
    this.model = model;
  }

  /** Whether it has parameters yet. */
  boolean isInitialised() {
    return true;
  }

  /**
   * What it trains by.
   *
   * @param create whether it is to be created if there is none yet
   * @return {@code null} if there is none
   */
  Updater updater(boolean create) {
    return model.getOptimizer() == null ? null : model.getOptimizer().getUpdater(create);
  }

  /**
   * Its own layer or vertex for one that its updater names: in the clone of a network with frozen
   * layers, the updater knows these without the wrapper that the clone has around them.
   */
  Trainable owner(Trainable named) {
    return named;
  }

  /** The name of one of its own layers or vertices; no other has it. */
  String nameOf(Trainable owner) {
    return String.valueOf(owner.getConfig().getLayerName());
  }

  /** The names of all layers or vertices, those without parameters included. */
  Set<String> names() {
    return Set.of(nameOf((Layer) model));
  }

  /** The names of the final layer or layers with parameters. */
  Set<String> outputLayers() {
    return Set.of();
  }

  /** The flat gradient that it has just computed; {@code null} if it has none. */
  INDArray gradient() {
    Gradient gradient = model.gradient();
    return gradient == null || gradient.gradientForVariable().isEmpty()
        ? null
        : gradient.gradient();
  }

  /** As DL4J takes it. */
  int batchSize() {
    return model.batchSize();
  }

  int iteration() {
    return ((Layer) model).getIterationCount();
  }

  int epoch() {
    return ((Layer) model).getEpochCount();
  }

  /** {@code null} after Java serialisation. */
  Collection<TrainingListener> presentListeners() {
    return ((Layer) model).getListeners();
  }

  /** {@return a copy of the list of its listeners} */
  public final List<TrainingListener> listeners() {
    Collection<TrainingListener> present = presentListeners();
    return present == null ? new ArrayList<>() : new ArrayList<>(present);
  }

  /** Sets these listeners and no others. */
  public final void setListeners(List<TrainingListener> listeners) {
    if (presentListeners() == null) {
      restoreListeners();
    }
    model.setListeners(listeners);
  }

  /** DL4J's own methods fail in a network that comes out of Java serialisation without any. */
  private void restoreListeners() {
    try {
      Class<?> type = model.getClass();
      while (!type.getName().startsWith("org.deeplearning4j.")) { // a user's subclass
        type = type.getSuperclass();
      }
      Field listeners = type.getDeclaredField("trainingListeners");
      listeners.setAccessible(true);
      listeners.set(model, new ArrayList<TrainingListener>());
    } catch (ReflectiveOperationException e) {
      throw NOT_A_NETWORK.state(
          "DL4J has left this network without a list of listeners, as after Java serialisation, and"
              + " it cannot be given one ({}): use its clone()",
          e);
    }
  }

  /**
   * What its parameters are read from.
   *
   * @throws IllegalStateException if the network is not initialised
   * @throws IllegalArgumentException if it has no updater that AGC can read
   */
  final BaseMultiLayerUpdater<?> readableUpdater() {
    if (!isInitialised()) {
      throw NOT_A_NETWORK.state("The network has no parameters yet: call init() on it first");
    }
    Updater updater = updater(true);
    if (!(updater instanceof BaseMultiLayerUpdater)) {
      throw NOT_A_NETWORK.argument(
          "AGC reads the parameters of a network from its BaseMultiLayerUpdater; {} has {}",
          model.getClass().getName(),
          updater == null ? "no updater" : "a " + updater.getClass().getName());
    }
    return (BaseMultiLayerUpdater<?>) updater;
  }
}
