package io.github.dl4jagc.models;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.factory.Nd4j;

/** The forward and backward pass of {@link SkipInit}. */
final class SkipInitLayer extends BaseLayer<SkipInit> {

  private static final long serialVersionUID = 1L;

  private static final String SCALE = SkipInit.Parameters.SCALE_KEY;

  SkipInitLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    assertInputSet(false);
    applyDropOutIfNecessary(training, workspaceMgr);
    return scaled(input, ArrayType.ACTIVATIONS, workspaceMgr);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    assertInputSet(true);
    INDArray scaleGradient = gradientViews.get(SCALE);
    scaleGradient.assign(Nd4j.getExecutioner().exec(new Dot(input, epsilon)));
    scaleGradient.muli(layerConf().alpha());
    Gradient gradient = new DefaultGradient();
    gradient.setGradientFor(SCALE, scaleGradient);
    INDArray inputGradient = scaled(epsilon, ArrayType.ACTIVATION_GRAD, workspaceMgr);
    return new Pair<>(gradient, backpropDropOutIfPresent(inputGradient));
  }

  private INDArray scaled(INDArray array, ArrayType type, LayerWorkspaceMgr workspaceMgr) {
    INDArray result =
        workspaceMgr.createUninitialized(type, dataType, array.shape(), array.ordering());
    return array.castTo(dataType).mul(layerConf().alpha() * getParam(SCALE).getDouble(0), result);
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }
}
