package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_NETWORK;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One face for a MultiLayerNetwork, a ComputationGraph, and a layer that is being pretrained: what
 * DL4J has in each of them, but not in an interface.
 */
public abstract class Network {

  private final Model model;

  Network(Model model) {
    this.model = model;
  }

  /** Whether it has parameters yet. */
  abstract boolean isInitialised();

  /** What it trains by, created if there is none. */
  abstract Updater updater();

  /** What it trains by; {@code null} if it has not been trained yet. */
  abstract Updater presentUpdater();

  /**
   * Its own layer or vertex for one that its updater names: in the clone of a network with frozen
   * layers, the updater knows these without the wrapper that the clone has around them.
   */
  abstract Trainable owner(Trainable named);

  /** The name of one of its own layers or vertices; no other has it. */
  abstract String nameOf(Trainable owner);

  /** The names of all layers or vertices, those without parameters included. */
  abstract Set<String> names();

  /** The names of the final layer or layers with parameters. */
  abstract Set<String> outputLayers();

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

  abstract int iteration();

  abstract int epoch();

  /** {@code null} after Java serialisation. */
  abstract Collection<TrainingListener> presentListeners();

  /** Creates parameters if there are none yet, as {@code addListeners} does. */
  public abstract void init();

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
    Updater updater = updater();
    if (!(updater instanceof BaseMultiLayerUpdater)) {
      throw NOT_A_NETWORK.argument(
          "AGC reads the parameters of a network from its BaseMultiLayerUpdater; {} has {}",
          model.getClass().getName(),
          updater == null ? "no updater" : "a " + updater.getClass().getName());
    }
    return (BaseMultiLayerUpdater<?>) updater;
  }
}
