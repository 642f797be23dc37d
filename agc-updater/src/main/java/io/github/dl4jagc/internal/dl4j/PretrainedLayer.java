package io.github.dl4jagc.internal.dl4j;

import java.util.Collection;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.optimize.api.TrainingListener;

/** A layer while {@code pretrain} trains it, which is all that DL4J's listeners see then. */
final class PretrainedLayer extends Network {

  private final Layer layer;

  PretrainedLayer(Layer layer) {
    super(layer);
    this.layer = layer;
  }

  @Override
  boolean isInitialised() {
    return true;
  }

  @Override
  public void init() {
    // A layer has parameters from the start.
  }

  @Override
  Updater updater() {
    return layer.getOptimizer() == null ? null : layer.getOptimizer().getUpdater();
  }

  @Override
  Updater presentUpdater() {
    return updater();
  }

  @Override
  Trainable owner(Trainable named) {
    return named;
  }

  @Override
  String nameOf(Trainable owner) {
    return String.valueOf(layer.getConfig().getLayerName());
  }

  @Override
  Set<String> names() {
    return Set.of(nameOf(layer));
  }

  @Override
  Set<String> outputLayers() {
    return Set.of();
  }

  @Override
  int iteration() {
    return layer.getIterationCount();
  }

  @Override
  int epoch() {
    return layer.getEpochCount();
  }

  @Override
  Collection<TrainingListener> presentListeners() {
    return layer.getListeners();
  }
}
