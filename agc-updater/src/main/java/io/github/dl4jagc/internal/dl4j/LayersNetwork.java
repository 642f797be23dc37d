package io.github.dl4jagc.internal.dl4j;

import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A MultiLayerNetwork. */
final class LayersNetwork extends Network {

  private final MultiLayerNetwork net;

  /** Layers by what is inside of them; by identity, as DL4J's layers are equal by their arrays. */
  private Map<Trainable, Layer> owners;

  /** {@code null} until the layers are read. Those of one name are told apart by their places. */
  private Map<Trainable, String> names;

  LayersNetwork(MultiLayerNetwork net) {
    super(net);
    this.net = net;
  }

  @Override
  boolean isInitialised() {
    return net.isInitCalled();
  }

  @Override
  Updater updater(boolean create) {
    return net.getUpdater(create);
  }

  @Override
  Trainable owner(Trainable named) {
    readLayers();
    Layer owner = owners.get(innermost(named));
    return owner == null ? named : owner;
  }

  @Override
  String nameOf(Trainable owner) {
    readLayers();
    return names.getOrDefault(owner, ownName(owner));
  }

  @Override
  Set<String> names() {
    readLayers();
    return new TreeSet<>(names.values());
  }

  private void readLayers() {
    if (names != null) {
      return;
    }
    names = new IdentityHashMap<>();
    owners = new IdentityHashMap<>();
    Layer[] layers = net.getLayers();
    Map<String, Integer> uses = new HashMap<>();
    for (Layer layer : layers) {
      owners.put(innermost(layer), layer);
      uses.merge(ownName(layer), 1, Integer::sum);
    }
    for (int i = 0; i < layers.length; i++) {
      String name = ownName(layers[i]);
      boolean shared = uses.get(name) > 1;
      while (shared && uses.containsKey(name)) {
        name += "#" + i;
      }
      names.put(layers[i], name);
    }
  }

  private static String ownName(Trainable layer) {
    return String.valueOf(layer.getConfig().getLayerName());
  }

  /** What no wrapper changes: a wrapper may be around a layer at one time and not at another. */
  private static Trainable innermost(Trainable layer) {
    Trainable inner = layer;
    while (inner instanceof BaseWrapperLayer) {
      inner = ((BaseWrapperLayer) inner).getUnderlying();
    }
    return inner;
  }

  @Override
  Set<String> outputLayers() {
    Layer[] layers = net.getLayers();
    for (int i = layers.length - 1; i >= 0; i--) {
      if (layers[i].numParams() > 0) {
        return Set.of(nameOf(layers[i]));
      }
    }
    return Set.of();
  }

  /**
   * It does not keep the Gradient that {@code backpropGradient} returns, as a ComputationGraph
   * does, but this is a view of the network's own array.
   */
  @Override
  INDArray gradient() {
    INDArray gradient = super.gradient();
    return gradient == null ? net.getFlattenedGradients() : gradient;
  }

  /** Its own method fails where errors come from outside and not of labels. */
  @Override
  int batchSize() {
    return net.getLabels() == null ? (int) net.getInput().size(0) : super.batchSize();
  }

  @Override
  int iteration() {
    return net.getIterationCount();
  }

  @Override
  int epoch() {
    return net.getEpochCount();
  }

  @Override
  Collection<TrainingListener> presentListeners() {
    return net.getListeners();
  }
}
