package io.github.dl4jagc;

import static io.github.dl4jagc.testing.NetworkCheck.FROZEN;
import static io.github.dl4jagc.testing.NetworkCheck.NOT_CLIPPED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.*;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Every DL4J layer that has parameters, in a real network, after real {@code fit} calls, parameter
 * by parameter against the oracle; and that no layer type was forgotten.
 */
class EveryLayerTest {

  private static final double THRESHOLD = 0.1;

  private static final int[] WHOLE = {};
  private static final int[] FIRST = {0};
  private static final int[] COLUMN = {1};

  /** A network, its data, and the unit dimensions that each parameter is to have. */
  static final class Case {
    final Model net;
    final MultiDataSet data;
    final Map<String, int[]> units = new LinkedHashMap<>();

    Case(Model net, MultiDataSet data) {
      this.net = net;
      this.data = data;
    }

    Case unit(String parameter, int[] dimensions) {
      units.put(parameter, dimensions);
      return this;
    }
  }

  /** Of the networks that are being made. */
  private static IUpdater updater;

  private static NeuralNetConfiguration.Builder builder() {
    return Networks.builder(updater);
  }

  /** The layers of interest, and a dense output layer after them. */
  private static Case classifier(InputType input, INDArray features, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = builder().list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    list.layer(Networks.output(3)).setInputType(input);
    MultiLayerNetwork net = new MultiLayerNetwork(list.build());
    net.init();
    int examples = (int) features.size(0);
    Case result = new Case(net, new MultiDataSet(features, Networks.oneHot(9, examples, 3)));
    return result.unit(layers.length + "_W", COLUMN).unit(layers.length + "_b", WHOLE);
  }

  private static Case feedForward(Layer... layers) {
    return classifier(InputType.feedForward(4), Networks.gaussian(1, 6, 4), layers);
  }

  private static Case images(Layer... layers) {
    return classifier(InputType.convolutional(6, 6, 2), Networks.gaussian(2, 4, 2, 6, 6), layers);
  }

  private static Case volumes(Layer... layers) {
    return classifier(
        InputType.convolutional3D(4, 4, 4, 2), Networks.gaussian(3, 3, 2, 4, 4, 4), layers);
  }

  /** The layers of interest over a sequence, pooled over time. */
  private static Case sequences(Layer... layers) {
    List<Layer> all = new ArrayList<>(List.of(layers));
    all.add(new GlobalPoolingLayer());
    return classifier(
        InputType.recurrent(4, 5), Networks.gaussian(4, 6, 4, 5), all.toArray(new Layer[0]));
  }

  private static Case output(Layer layer, INDArray features, InputType input, INDArray labels) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            builder()
                .list()
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(layer)
                .setInputType(input)
                .build());
    net.init();
    return new Case(net, new MultiDataSet(features, labels)).unit("0_W", COLUMN).unit("0_b", WHOLE);
  }

  private static Case graph(
      GraphVertex vertex, InputType input, INDArray features, String... inputs) {
    ComputationGraphConfiguration.GraphBuilder graph =
        builder()
            .graphBuilder()
            .addInputs("in")
            .addVertex("vertex", vertex, inputs)
            .addLayer("pooled", new GlobalPoolingLayer(), "vertex")
            .addLayer("out", Networks.output(3), "pooled")
            .setOutputs("out")
            .setInputTypes(input);
    ComputationGraph net = new ComputationGraph(graph.build());
    net.init();
    return new Case(net, new MultiDataSet(features, Networks.oneHot(9, (int) features.size(0), 3)))
        .unit("out_W", COLUMN)
        .unit("out_b", WHOLE);
  }

  private static INDArray indices(int examples, int length, int vocabulary) {
    INDArray indices = Nd4j.create(DataType.DOUBLE, examples, length);
    for (int i = 0; i < examples * length; i++) {
      indices.putScalar(i / length, i % length, i * 7 % vocabulary);
    }
    return indices;
  }

  private static DenseLayer dense(int nIn, int nOut) {
    return new DenseLayer.Builder().nIn(nIn).nOut(nOut).build();
  }

  static Stream<Named<Case>> cases() {
    return cases(new AgcGradientNormalization(new Sgd(1), THRESHOLD));
  }

  /** All networks, with one updater. */
  static Stream<Named<Case>> cases(IUpdater ofAll) {
    updater = ofAll;
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put(
        "dense with layer norm",
        feedForward(new DenseLayer.Builder().nOut(6).hasLayerNorm(true).build())
            .unit("0_W", COLUMN)
            .unit("0_b", WHOLE)
            .unit("0_g", WHOLE));
    cases.put(
        "dense with one input, whose weights have the shape of a row",
        classifier(
                InputType.feedForward(1),
                Networks.gaussian(1, 6, 1),
                new DenseLayer.Builder().nOut(6).build())
            .unit("0_W", COLUMN)
            .unit("0_b", WHOLE));
    cases.put(
        "dense without bias",
        feedForward(new DenseLayer.Builder().nOut(6).hasBias(false).build()).unit("0_W", COLUMN));
    cases.put(
        "dense layers, then a loss without parameters",
        output(
            new LossLayer.Builder(LossFunction.MSE).build(),
            Networks.gaussian(1, 6, 4),
            InputType.feedForward(4),
            Networks.gaussian(7, 6, 5)));
    cases.put(
        "center loss",
        output(
                new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                    .activation(Activation.SOFTMAX)
                    .nOut(3)
                    .alpha(0.1)
                    .lambda(0.1)
                    .build(),
                Networks.gaussian(1, 6, 4),
                InputType.feedForward(4),
                Networks.oneHot(7, 6, 3))
            .unit("1_W", COLUMN)
            .unit("1_b", WHOLE)
            .unit("1_cL", NOT_CLIPPED));
    cases.put(
        "one-class neural network",
        output(
                new OCNNOutputLayer.Builder()
                    .nIn(5)
                    .hiddenLayerSize(4)
                    .nu(0.1)
                    .initialRValue(0.1)
                    .windowSize(100)
                    .configureR(false)
                    .activation(
                        org.nd4j.linalg.activations.Activation.SIGMOID.getActivationFunction())
                    .lossFunction(LossFunction.MSE)
                    .build(),
                Networks.gaussian(1, 6, 4),
                InputType.feedForward(4),
                Nd4j.ones(DataType.DOUBLE, 6, 1))
            .unit("1_w", WHOLE)
            .unit("1_v", COLUMN)
            .unit("1_r", WHOLE));
    cases.put(
        "auto-encoder",
        feedForward(new AutoEncoder.Builder().nOut(6).build())
            .unit("0_W", COLUMN)
            .unit("0_b", WHOLE)
            .unit("0_vb", FROZEN)); // moves in layer-wise pretraining only
    Case vae =
        feedForward(
            new VariationalAutoencoder.Builder()
                .nOut(3)
                .encoderLayerSizes(6, 5)
                .decoderLayerSizes(5)
                .build());
    for (String encoder : List.of("e0", "e1", "pZXMean")) {
      vae.unit("0_" + encoder + "W", COLUMN).unit("0_" + encoder + "b", WHOLE);
    }
    for (String pretrained : List.of("pZXLogStd2", "d0", "pXZ")) {
      vae.unit("0_" + pretrained + "W", FROZEN).unit("0_" + pretrained + "b", FROZEN);
    }
    cases.put("variational auto-encoder, supervised", vae);
    cases.put(
        "embedding",
        classifier(
                InputType.feedForward(11),
                indices(6, 1, 11),
                new EmbeddingLayer.Builder().nOut(4).hasBias(true).build())
            .unit("0_W", FIRST)
            .unit("0_b", WHOLE));
    cases.put(
        "embedding sequence",
        classifier(
                InputType.recurrent(11, 5),
                indices(6, 5, 11),
                new EmbeddingSequenceLayer.Builder().nIn(11).nOut(4).inputLength(5).build(),
                new GlobalPoolingLayer())
            .unit("0_W", FIRST));
    for (CNN2DFormat format : CNN2DFormat.values()) {
      INDArray features =
          format == CNN2DFormat.NCHW
              ? Networks.gaussian(2, 4, 2, 6, 6)
              : Networks.gaussian(2, 4, 6, 6, 2);
      cases.put(
          "convolution 2D, " + format,
          classifier(
                  InputType.convolutional(6, 6, 2, format),
                  features,
                  new ConvolutionLayer.Builder(3, 2).nOut(5).dataFormat(format).build())
              .unit("0_W", FIRST)
              .unit("0_b", WHOLE));
      cases.put(
          "batch normalisation, " + format,
          classifier(
                  InputType.convolutional(6, 6, 2, format),
                  features,
                  new BatchNormalization.Builder().dataFormat(format).build())
              .unit("0_gamma", WHOLE)
              .unit("0_beta", WHOLE)
              .unit("0_mean", NOT_CLIPPED)
              .unit("0_log10stdev", NOT_CLIPPED));
      cases.put(
          "deconvolution 2D, " + format,
          classifier(
                  InputType.convolutional(6, 6, 2, format),
                  features,
                  new Deconvolution2D.Builder(3, 2).nOut(5).dataFormat(format).build())
              .unit("0_W", COLUMN)
              .unit("0_b", WHOLE));
      cases.put(
          "depthwise convolution, " + format,
          classifier(
                  InputType.convolutional(6, 6, 2, format),
                  features,
                  new DepthwiseConvolution2D.Builder(3, 2)
                      .depthMultiplier(3)
                      .nOut(6)
                      .dataFormat(format)
                      .build())
              .unit("0_W", new int[] {2, 3})
              .unit("0_b", WHOLE));
      cases.put(
          "separable convolution, " + format,
          classifier(
                  InputType.convolutional(6, 6, 2, format),
                  features,
                  new SeparableConvolution2D.Builder(3, 2)
                      .depthMultiplier(3)
                      .nOut(5)
                      .dataFormat(format)
                      .build())
              .unit("0_W", new int[] {0, 1})
              .unit("0_pW", FIRST)
              .unit("0_b", WHOLE));
    }
    cases.put(
        "convolution 1D",
        sequences(new Convolution1DLayer.Builder(3, 1).nOut(5).build())
            .unit("0_W", FIRST)
            .unit("0_b", WHOLE));
    cases.put(
        "convolution 3D",
        volumes(new Convolution3D.Builder(2, 2, 2).nOut(5).build(), new GlobalPoolingLayer())
            .unit("0_W", FIRST)
            .unit("0_b", WHOLE));
    cases.put(
        "deconvolution 3D",
        volumes(
                new Deconvolution3D.Builder()
                    .kernelSize(2, 2, 2)
                    .nOut(5)
                    .dataFormat(Convolution3D.DataFormat.NCDHW)
                    .build(),
                new GlobalPoolingLayer())
            .unit("0_W", new int[] {3})
            .unit("0_b", WHOLE));
    cases.put(
        "batch normalisation with a variance parameter",
        feedForward(new BatchNormalization.Builder().useLogStd(false).build())
            .unit("0_gamma", WHOLE)
            .unit("0_beta", WHOLE)
            .unit("0_mean", NOT_CLIPPED)
            .unit("0_var", NOT_CLIPPED));
    cases.put(
        "locally connected 1D",
        sequences(new LocallyConnected1D.Builder().kernelSize(2).nOut(5).setInputSize(5).build())
            .unit("0_W", new int[] {0, 2})
            .unit("0_b", WHOLE));
    cases.put(
        "locally connected 2D",
        images(new LocallyConnected2D.Builder().kernelSize(3, 3).nOut(4).setInputSize(6, 6).build())
            .unit("0_W", new int[] {0, 2})
            .unit("0_b", WHOLE));
    cases.put(
        "parametric ReLU",
        feedForward(dense(4, 6), new PReLULayer.Builder().inputShape(6).build())
            .unit("0_W", COLUMN)
            .unit("0_b", WHOLE)
            .unit("1_W", WHOLE));
    cases.put(
        "element-wise multiplication",
        feedForward(
                dense(4, 6), new ElementWiseMultiplicationLayer.Builder().nIn(6).nOut(6).build())
            .unit("0_W", COLUMN)
            .unit("0_b", WHOLE)
            .unit("1_W", WHOLE)
            .unit("1_b", WHOLE));
    cases.put("LSTM", recurrent(sequences(new LSTM.Builder().nOut(5).build()), "0_", ""));
    cases.put(
        "LSTM with peepholes",
        recurrent(sequences(new GravesLSTM.Builder().nOut(5).build()), "0_", ""));
    cases.put(
        "simple RNN", recurrent(sequences(new SimpleRnn.Builder().nOut(5).build()), "0_", ""));
    Case gravesBidirectional = sequences(new GravesBidirectionalLSTM.Builder().nOut(5).build());
    recurrent(gravesBidirectional, "0_", "F");
    recurrent(gravesBidirectional, "0_", "B");
    cases.put("bidirectional LSTM with peepholes", gravesBidirectional);
    Case bidirectional = sequences(new Bidirectional(new LSTM.Builder().nOut(5).build()));
    recurrent(bidirectional, "0_f", "");
    recurrent(bidirectional, "0_b", "");
    cases.put("bidirectional", bidirectional);
    cases.put(
        "last time step",
        recurrent(
            classifier(
                InputType.recurrent(4, 5),
                Networks.gaussian(4, 6, 4, 5),
                new LastTimeStep(new SimpleRnn.Builder().nOut(5).build())),
            "0_",
            ""));
    cases.put(
        "time distributed",
        sequences(new TimeDistributed(new DenseLayer.Builder().nOut(5).build()))
            .unit("0_W", COLUMN)
            .unit("0_b", WHOLE));
    cases.put(
        "mask zero",
        recurrent(
            sequences(
                new MaskZeroLayer.Builder()
                    .setUnderlying(new LSTM.Builder().nOut(5).build())
                    .setMaskValue(0)
                    .build()),
            "0_",
            ""));
    MultiLayerNetwork sequenceOutput =
        new MultiLayerNetwork(
            builder()
                .list()
                .layer(new LSTM.Builder().nOut(5).build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.TANH)
                        .nOut(3)
                        .build())
                .setInputType(InputType.recurrent(4, 5))
                .build());
    sequenceOutput.init();
    cases.put(
        "output over time",
        recurrent(
                new Case(
                    sequenceOutput,
                    new MultiDataSet(Networks.gaussian(4, 6, 4, 5), Networks.gaussian(5, 6, 3, 5))),
                "0_",
                "")
            .unit("1_W", COLUMN)
            .unit("1_b", WHOLE));
    cases.put(
        "self-attention",
        attention(
            sequences(
                new SelfAttentionLayer.Builder()
                    .nOut(6)
                    .nHeads(2)
                    .headSize(3)
                    .projectInput(true)
                    .build()),
            "0_"));
    cases.put(
        "recurrent attention",
        recurrent(
            attention(
                sequences(
                    new RecurrentAttentionLayer.Builder()
                        .nIn(4)
                        .nOut(6)
                        .nHeads(2)
                        .headSize(3)
                        .projectInput(true)
                        .activation(Activation.TANH)
                        .build()),
                "0_"),
            "0_",
            ""));
    cases.put(
        "attention vertex",
        attention(
            graph(
                new AttentionVertex.Builder()
                    .nInKeys(4)
                    .nInQueries(4)
                    .nInValues(4)
                    .nHeads(2)
                    .headSize(3)
                    .nOut(6)
                    .projectInput(true)
                    .build(),
                InputType.recurrent(4, 5),
                Networks.gaussian(4, 6, 4, 5),
                "in",
                "in",
                "in"),
            "vertex_"));
    cases.put(
        "capsules",
        classifier(
                InputType.convolutional(7, 7, 1),
                Networks.gaussian(2, 4, 1, 7, 7),
                new PrimaryCapsules.Builder(4, 2).kernelSize(3, 3).stride(2, 2).build(),
                new CapsuleLayer.Builder(3, 5, 2).hasBias(true).build(),
                new CapsuleStrengthLayer.Builder().build())
            .unit("0_weight", new int[] {3})
            .unit("0_bias", WHOLE)
            .unit("1_weight", new int[] {2})
            .unit("1_bias", WHOLE));
    cases.put(
        "frozen layer",
        feedForward(new FrozenLayer(dense(4, 6)), dense(6, 5))
            .unit("0_W", FROZEN)
            .unit("0_b", FROZEN)
            .unit("1_W", COLUMN)
            .unit("1_b", WHOLE));
    cases.put(
        "frozen layer with backpropagation through it",
        feedForward(dense(4, 6), new FrozenLayerWithBackprop(dense(6, 5)))
            .unit("0_W", COLUMN)
            .unit("0_b", WHOLE)
            .unit("1_W", FROZEN)
            .unit("1_b", FROZEN));
    return cases.entrySet().stream().map(each -> Named.of(each.getKey(), each.getValue()));
  }

  private static Case recurrent(Case sequence, String prefix, String suffix) {
    return sequence
        .unit(prefix + "W" + suffix, COLUMN)
        .unit(prefix + "RW" + suffix, COLUMN)
        .unit(prefix + "b" + suffix, WHOLE);
  }

  private static Case attention(Case sequence, String prefix) {
    for (String projection : List.of("Wq", "Wk", "Wv")) {
      sequence.unit(prefix + projection, new int[] {0, 1});
    }
    return sequence.unit(prefix + "Wo", COLUMN);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void updatesAreTheOracles(Case each) {
    AgcListener listener = new AgcListener();
    try (LogCapture log = new LogCapture()) {
      if (each.net instanceof MultiLayerNetwork) {
        ((MultiLayerNetwork) each.net).setListeners(listener);
      } else {
        ((ComputationGraph) each.net).setListeners(listener);
      }
      for (int step = 0; step < 2; step++) {
        NetworkCheck.assertFitClips(each.net, each.data, THRESHOLD, each.units);
      }
      assertThat(log.messages()).as("no layer of DL4J's is unknown").isEmpty();
    }
    AgcReport report = AgcReport.of(each.net);
    assertThat(report.rows()).as("every parameter is in the report").hasSize(each.units.size());
    assertThat(report.total().clippedUnits()).isPositive();
    for (ReportRow row : report.rows()) {
      assertThat(row.leftAlone().isPresent()).isNotEqualTo(row.total().iterations() > 0);
      int[] units = each.units.get(row.layer().replaceFirst("^layer", "") + "_" + row.parameter());
      assertThat(row.leftAlone().isPresent())
          .as("%s/%s is left alone", row.layer(), row.parameter())
          .isEqualTo(units == FROZEN || units == NOT_CLIPPED);
      if (row.isWeight() && Arrays.equals(units, WHOLE)) {
        assertThat(row.parameter())
            .as("vectors are no weights, but for one output's")
            .isEqualTo("w");
      }
    }
  }

  /**
   * Networks whose forward pass throws in 1.0.0-M2.1, as {@link LayersThatDl4jCannotTrainTest}
   * says, and the units of their first parameters.
   */
  static Stream<Arguments> networksThatDl4jCannotTrain() {
    return Stream.of(
        Arguments.of(
            Named.of(
                "simple RNN with layer norm",
                sequences(new SimpleRnn.Builder().nOut(5).hasLayerNorm(true).build())),
            Map.of("layer0/W", 5L, "layer0/RW", 5L, "layer0/b", 1L, "layer0/g", 1L)),
        Arguments.of(
            Named.of(
                "learned self-attention",
                sequences(
                    new LearnedSelfAttentionLayer.Builder()
                        .nOut(6)
                        .nHeads(2)
                        .headSize(3)
                        .nQueries(4)
                        .projectInput(true)
                        .build())),
            Map.of("layer0/Q", 4L, "layer0/Wq", 6L, "layer0/Wo", 6L)));
  }

  /** There is nothing to compare with, but their units are known. */
  @ParameterizedTest
  @MethodSource("networksThatDl4jCannotTrain")
  void layersThatDl4jItselfCannotTrainAreKnownAllTheSame(Case each, Map<String, Long> units) {
    MultiLayerNetwork net = (MultiLayerNetwork) each.net;
    try (LogCapture log = new LogCapture()) {
      AgcReport report = TestReports.attached(net);
      assertThat(log.messages()).as("no layer of DL4J's is unknown").isEmpty();
      Map<String, Long> found = new LinkedHashMap<>();
      for (ReportRow row : report.rows()) {
        found.put(row.layer() + "/" + row.parameter(), row.units());
      }
      assertThat(found).containsAllEntriesOf(units);
    }
  }

  /** Layers without parameters, and classes that are no layers of their own. */
  private static final Set<String> WITHOUT_PARAMETERS =
      Set.of(
          "ActivationLayer",
          "CapsuleStrengthLayer",
          "Cnn3DLossLayer",
          "CnnLossLayer",
          "Convolution1D", // other names of Convolution1DLayer and ConvolutionLayer:
          "Convolution2D", // their builders make the latter
          "Cropping1D",
          "Cropping2D",
          "Cropping3D",
          "DropoutLayer",
          "GlobalPoolingLayer",
          "LocalResponseNormalization",
          "LossLayer",
          "MaskLayer",
          "Pooling1D",
          "Pooling2D",
          "RepeatVector",
          "RnnLossLayer",
          "SpaceToBatchLayer",
          "SpaceToDepthLayer",
          "Subsampling1DLayer",
          "Subsampling3DLayer",
          "SubsamplingLayer",
          "Upsampling1D",
          "Upsampling2D",
          "Upsampling3D",
          "Yolo2OutputLayer",
          "ZeroPadding1DLayer",
          "ZeroPadding3DLayer",
          "ZeroPaddingLayer",
          // vertices
          "ElementWiseVertex",
          "FrozenVertex",
          "L2NormalizeVertex",
          "L2Vertex",
          "LayerVertex",
          "MergeVertex",
          "PoolHelperVertex",
          "PreprocessorVertex",
          "ReshapeVertex",
          "ScaleVertex",
          "ShiftVertex",
          "StackVertex",
          "SubsetVertex",
          "UnstackVertex",
          "DuplicateToTimeSeriesVertex",
          "LastTimeStepVertex",
          "ReverseTimeSeriesVertex");

  @Test
  @SuppressWarnings("unchecked")
  void noLayerTypeOfDl4jIsForgotten() throws Exception {
    Set<String> tested = new TreeSet<>();
    cases().forEach(each -> collectLayerTypes(each.getPayload().net, tested));
    tested.add("RnnOutputLayer");
    tested.add("OutputLayer");
    networksThatDl4jCannotTrain()
        .forEach(each -> collectLayerTypes(((Named<Case>) each.get()[0]).getPayload().net, tested));
    Set<String> unknown = new TreeSet<>();
    for (Class<?> type : layerAndVertexTypes()) {
      String name = type.getSimpleName();
      if (!tested.contains(name) && !WITHOUT_PARAMETERS.contains(name)) {
        unknown.add(name);
      }
    }
    assertThat(unknown).isEmpty();
  }

  private static void collectLayerTypes(Model net, Set<String> into) {
    if (net instanceof MultiLayerNetwork) {
      for (NeuralNetConfiguration each :
          ((MultiLayerNetwork) net).getLayerWiseConfigurations().getConfs()) {
        into.add(each.getLayer().getClass().getSimpleName());
      }
    } else {
      for (GraphVertex each : ((ComputationGraph) net).getConfiguration().getVertices().values()) {
        into.add(each.getClass().getSimpleName());
      }
    }
  }

  /** All concrete layer configurations and graph vertices in DL4J's own jar. */
  private static List<Class<?>> layerAndVertexTypes() throws Exception {
    Path jar = Path.of(Layer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (JarFile file = new JarFile(jar.toFile())) {
      List<Class<?>> types =
          file.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.startsWith("org/deeplearning4j/nn/conf/"))
              .filter(name -> name.endsWith(".class") && !name.contains("$"))
              .map(name -> name.substring(0, name.length() - 6).replace('/', '.'))
              .map(EveryLayerTest::load)
              .filter(
                  type ->
                      Layer.class.isAssignableFrom(type)
                          || GraphVertex.class.isAssignableFrom(type))
              .filter(type -> !Modifier.isAbstract(type.getModifiers()))
              .collect(Collectors.toList());
      assertThat(types).hasSizeGreaterThan(60);
      return types;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, EveryLayerTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
