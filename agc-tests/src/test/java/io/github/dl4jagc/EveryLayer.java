package io.github.dl4jagc;

import static io.github.dl4jagc.LayerCase.COLUMN;
import static io.github.dl4jagc.LayerCase.FIRST;
import static io.github.dl4jagc.LayerCase.WHOLE;
import static io.github.dl4jagc.LayerCase.builder;
import static io.github.dl4jagc.LayerCase.classifier;
import static io.github.dl4jagc.LayerCase.dense;
import static io.github.dl4jagc.LayerCase.feedForward;
import static io.github.dl4jagc.LayerCase.graph;
import static io.github.dl4jagc.LayerCase.images;
import static io.github.dl4jagc.LayerCase.indices;
import static io.github.dl4jagc.LayerCase.output;
import static io.github.dl4jagc.LayerCase.sequences;
import static io.github.dl4jagc.LayerCase.volumes;
import static io.github.dl4jagc.testing.NetworkCheck.FROZEN;
import static io.github.dl4jagc.testing.NetworkCheck.NOT_CLIPPED;

import io.github.dl4jagc.testing.Networks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
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
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks with every DL4J layer that has parameters. */
final class EveryLayer {

  private EveryLayer() {}

  /** All networks, with one updater. */
  static Stream<Named<LayerCase>> cases(IUpdater ofAll) {
    LayerCase.updater = ofAll;
    Map<String, LayerCase> cases = new LinkedHashMap<>();
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
    LayerCase vae =
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
    LayerCase gravesBidirectional =
        sequences(new GravesBidirectionalLSTM.Builder().nOut(5).build());
    recurrent(gravesBidirectional, "0_", "F");
    recurrent(gravesBidirectional, "0_", "B");
    cases.put("bidirectional LSTM with peepholes", gravesBidirectional);
    LayerCase bidirectional = sequences(new Bidirectional(new LSTM.Builder().nOut(5).build()));
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
                new LayerCase(
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

  private static LayerCase recurrent(LayerCase sequence, String prefix, String suffix) {
    return sequence
        .unit(prefix + "W" + suffix, COLUMN)
        .unit(prefix + "RW" + suffix, COLUMN)
        .unit(prefix + "b" + suffix, WHOLE);
  }

  private static LayerCase attention(LayerCase sequence, String prefix) {
    for (String projection : List.of("Wq", "Wk", "Wv")) {
      sequence.unit(prefix + projection, new int[] {0, 1});
    }
    return sequence.unit(prefix + "Wo", COLUMN);
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
}
