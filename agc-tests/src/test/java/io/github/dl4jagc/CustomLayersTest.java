package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Layers that the library has never seen, with a {@link UnitLayoutProvider} and without. */
class CustomLayersTest {

  private static final double THRESHOLD = 0.05;

  private static AgcGradientNormalization agc() {
    return new AgcGradientNormalization(new Sgd(1), THRESHOLD);
  }

  /** A dense layer whose weights are stored the other way round: [nOut, nIn]. */
  public static class TransposedDense extends SameDiffLayer {

    private static final long serialVersionUID = 1L;

    private long nIn;
    private long nOut;

    TransposedDense() {}

    TransposedDense(long nOut) {
      this.nOut = nOut;
    }

    @Override
    public void defineParameters(SDLayerParams params) {
      params.clear();
      params.addWeightParam("T", nOut, nIn);
      params.addBiasParam("b", 1, nOut);
    }

    @Override
    public void initializeParameters(Map<String, INDArray> params) {
      params.get("T").assign(Networks.gaussian(1, nOut, nIn));
      params.get("b").assign(0.1);
    }

    @Override
    public SDVariable defineLayer(
        SameDiff sd, SDVariable input, Map<String, SDVariable> params, SDVariable mask) {
      return sd.math()
          .tanh(sd.mmul(input, params.get("T"), false, true, false).add(params.get("b")));
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
      return InputType.feedForward(nOut);
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
      nIn = ((InputType.InputTypeFeedForward) inputType).getSize();
    }
  }

  /** The same, but unknown to the provider: rank rules apply. */
  public static class UnknownDense extends TransposedDense {

    private static final long serialVersionUID = 1L;

    UnknownDense() {}

    UnknownDense(long nOut) {
      super(nOut);
    }
  }

  /** A layer that differs from DL4J's own in its class alone. */
  public static class MyConvolution extends ConvolutionLayer {

    private static final long serialVersionUID = 1L;

    MyConvolution() {
      super(new ConvolutionLayer.Builder(3, 3).nOut(5));
    }
  }

  /** A graph vertex with a weight of its own: x * scale. */
  public static class ScaleVertex extends SameDiffVertex {

    private static final long serialVersionUID = 1L;

    @Override
    public SameDiffVertex clone() {
      ScaleVertex copy = new ScaleVertex();
      copy.setUpdater(getUpdater());
      return copy;
    }

    @Override
    public SDVariable defineVertex(
        SameDiff sd,
        Map<String, SDVariable> inputs,
        Map<String, SDVariable> params,
        Map<String, SDVariable> masks) {
      return inputs.get("in").mul(params.get("scale"));
    }

    @Override
    public void defineParametersAndInputs(SDVertexParams params) {
      params.clear();
      params.defineInputs("in");
      params.addWeightParam("scale", 1, 4);
    }

    @Override
    public void initializeParameters(Map<String, INDArray> params) {
      params.get("scale").assign(0.5);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... inputs) {
      return inputs[0];
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputs) {
      return null;
    }
  }

  /** As a user of the library would write it; named in META-INF/services. */
  public static final class Provider implements UnitLayoutProvider {

    @Override
    public int[] unitDimensions(TrainingConfig layer, String parameter, long[] shape) {
      if (layer.getClass() == TransposedDense.class) {
        return parameter.equals("T") ? new int[] {0} : new int[0];
      }
      return null;
    }
  }

  private static MultiLayerNetwork network(Layer layer) {
    return network(layer, InputType.feedForward(4));
  }

  private static MultiLayerNetwork network(Layer layer, InputType input) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(agc())
                .list()
                .layer(layer)
                .layer(Networks.output(3))
                .setInputType(input)
                .build());
    net.init();
    net.setListeners(new AgcListener());
    return net;
  }

  private static Map<String, int[]> unitsOf(String weights, int[] dimensions) {
    Map<String, int[]> units = new HashMap<>();
    units.put(weights, dimensions);
    units.put("0_b", new int[0]);
    units.put("1_W", new int[] {1});
    units.put("1_b", new int[0]);
    return units;
  }

  @Test
  void providerSaysWhatTheUnitsOfACustomLayerAre() {
    try (LogCapture log = new LogCapture()) {
      NetworkCheck.assertFitClips(
          network(new TransposedDense(6)),
          Networks.denseData(8, 1),
          THRESHOLD,
          unitsOf("0_T", new int[] {0}));
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void unknownLayerIsTakenByRankWithOneWarning() {
    try (LogCapture log = new LogCapture()) {
      for (int network = 0; network < 2; network++) {
        NetworkCheck.assertFitClips(
            network(new UnknownDense(6)),
            Networks.denseData(8, 1),
            THRESHOLD,
            unitsOf("0_T", new int[] {1}));
      }
      assertThat(log.messages())
          .as("one for each of its parameters, whatever the number of networks")
          .hasSize(2)
          .allSatisfy(message -> assertThat(message).contains("WARN", "UnknownDense"))
          .anySatisfy(
              message ->
                  assertThat(message)
                      .contains("\"T\"", "[6, 4]", "column", "Register a UnitLayoutProvider"));
    }
  }

  @Test
  void subclassOfALayerOfDl4jsIsTakenAsThatLayer() {
    try (LogCapture log = new LogCapture()) {
      NetworkCheck.assertFitClips(
          network(new MyConvolution(), InputType.convolutional(6, 6, 2)),
          new MultiDataSet(Networks.gaussian(1, 4, 2, 6, 6), Networks.oneHot(1, 4, 3)),
          THRESHOLD,
          unitsOf("0_W", new int[] {0}));
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void sameDiffVertexWithAWeight() {
    ComputationGraph net =
        new ComputationGraph(
            Networks.builder(agc())
                .graphBuilder()
                .addInputs("in")
                .addVertex("scaled", new ScaleVertex(), "in")
                .addLayer("out", Networks.output(3), "scaled")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(4))
                .build());
    net.init();
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    units.put("scaled_scale", new int[0]);
    units.put("out_W", new int[] {1});
    units.put("out_b", new int[0]);
    NetworkCheck.assertFitClips(net, Networks.denseData(8, 1), THRESHOLD, units);
  }
}
