package io.github.dl4jagc.models;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An activation layer that leaves its input as it is. DL4J's own (1.0.0-M2.1) writes over it
 * outside of training, unless a workspace stands in between: wrong where, as in a pre-activation
 * residual block, the shortcut needs the same input. {@code ComputationGraph.feedForward(images,
 * false)} shows it.
 */
public final class PreActivation extends ActivationLayer {

  private static final long serialVersionUID = 1L;

  /** For reading a configuration from JSON. */
  PreActivation() {}

  /**
   * A layer that applies a function.
   *
   * @param function any activation function
   */
  public PreActivation(IActivation function) {
    super(function);
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initializeParameters,
      DataType networkDataType) {
    CopyingLayer layer = new CopyingLayer(conf, networkDataType);
    layer.setListeners(listeners);
    layer.setIndex(layerIndex);
    layer.setParamTable(initializer().init(conf, parameters, initializeParameters));
    layer.setConf(conf);
    return layer;
  }

  /** The same in training and outside of it. */
  private static final class CopyingLayer extends org.deeplearning4j.nn.layers.ActivationLayer {

    private static final long serialVersionUID = 1L;

    CopyingLayer(NeuralNetConfiguration conf, DataType dataType) {
      super(conf, dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
      assertInputSet(false);
      INDArray copy = workspaceMgr.dup(ArrayType.ACTIVATIONS, input, input.ordering());
      return layerConf().getActivationFn().getActivation(copy, training);
    }
  }
}
