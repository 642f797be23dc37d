package io.github.dl4jagc;

import io.github.dl4jagc.testing.BoundCheck;
import io.github.dl4jagc.testing.Networks;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMixtureDensity;

/**
 * Layers as people combine them: the usual kinds of networks, small, trained a few steps as they
 * usually are, with the bound of AGC checked at every iteration for every unit.
 */
class UsualNetworksTest {

  private static final double LEARNING_RATE = 0.5;
  private static final int STEPS = 4;

  private static NeuralNetConfiguration.Builder builder(double threshold) {
    return Networks.builder(new AgcGradientNormalization(new Sgd(LEARNING_RATE), threshold))
        .weightInit(WeightInit.XAVIER)
        .optimizationAlgo(OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT);
  }

  private static BoundCheck bound(double threshold) {
    return new BoundCheck(LEARNING_RATE, threshold);
  }

  private static MultiLayerNetwork layers(MultiLayerConfiguration.Builder list) {
    MultiLayerNetwork net = new MultiLayerNetwork(list.build());
    net.init();
    return net;
  }

  private static AgcReport.Statistics total(Model model) {
    return AgcReport.of(model).total();
  }

  @Test
  void leNet() {
    double threshold = 0.1;
    MultiLayerNetwork net =
        layers(
            builder(threshold)
                .l2(0.0005)
                .activation(Activation.RELU)
                .list()
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(6).build())
                .layer(
                    new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(8).build())
                .layer(
                    new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new DenseLayer.Builder().nOut(20).build())
                .layer(new DropoutLayer(0.8))
                .layer(Networks.output(10))
                .setInputType(InputType.convolutionalFlat(16, 16, 1)));
    BoundCheck check = bound(threshold).filters("0_", "2_").columns("4_", "6_");
    net.setListeners(new AgcListener(), check);
    for (int step = 0; step < STEPS; step++) {
      net.fit(new DataSet(Networks.gaussian(step, 16, 16 * 16), Networks.oneHot(step, 16, 10)));
    }
    check.assertChecked(total(net), STEPS);
  }

  @Test
  void characterLstmWithTruncatedBackpropagation() {
    double threshold = 0.02;
    int characters = 12;
    int length = 20;
    MultiLayerNetwork net =
        layers(
            builder(threshold)
                .l2(0.0001)
                .gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                .gradientNormalizationThreshold(1)
                .list()
                .layer(new LSTM.Builder().nIn(characters).nOut(16).build())
                .layer(new LSTM.Builder().nIn(16).nOut(16).build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(16)
                        .nOut(characters)
                        .build())
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTForwardLength(8)
                .tBPTTBackwardLength(8));
    BoundCheck check = bound(threshold).recurrent("0_", "1_").columns("2_");
    net.setListeners(new AgcListener(), check);
    for (int step = 0; step < STEPS; step++) {
      INDArray text = text(step, 5, characters, length + 1);
      net.fit(
          new DataSet(
              text.get(all(), all(), interval(0, length)).dup(),
              text.get(all(), all(), interval(1, length + 1)).dup()));
    }
    check.assertChecked(total(net), STEPS * 3); // segments of 8, 8 and 4 characters
  }

  /** Encoder, its last state repeated beside the decoder's own input, decoder; masked. */
  @Test
  void sequenceToSequenceGraph() {
    double threshold = 0.02;
    ComputationGraph net =
        new ComputationGraph(
            builder(threshold)
                .graphBuilder()
                .addInputs("question", "answerSoFar")
                .setInputTypes(InputType.recurrent(8), InputType.recurrent(6))
                .addLayer("encoder", new LSTM.Builder().nOut(10).build(), "question")
                .addVertex("thought", new LastTimeStepVertex("question"), "encoder")
                .addVertex("repeated", new DuplicateToTimeSeriesVertex("answerSoFar"), "thought")
                .addLayer("decoder", new LSTM.Builder().nOut(10).build(), "answerSoFar", "repeated")
                .addLayer(
                    "out",
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(6)
                        .build(),
                    "decoder")
                .setOutputs("out")
                .build());
    net.init();
    BoundCheck check = bound(threshold).recurrent("encoder_", "decoder_").columns("out_");
    net.setListeners(new AgcListener(), check);
    for (int step = 0; step < STEPS; step++) {
      INDArray answer = text(step + 50, 5, 6, 5);
      net.fit(
          new MultiDataSet(
              new INDArray[] {text(step, 5, 8, 7), answer.get(all(), all(), interval(0, 4)).dup()},
              new INDArray[] {answer.get(all(), all(), interval(1, 5)).dup()},
              new INDArray[] {lengths(7, 3, 4, 5, 6, 7), lengths(4, 4, 3, 2, 4, 3)},
              new INDArray[] {lengths(4, 4, 3, 2, 4, 3)}));
    }
    check.assertChecked(total(net), STEPS);
  }

  @Test
  void variationalAutoEncoderInPretraining() {
    double threshold = 0.02;
    MultiLayerNetwork net =
        layers(
            builder(threshold)
                .l2(1e-4)
                .list()
                .layer(
                    new VariationalAutoencoder.Builder()
                        .activation(Activation.LEAKYRELU)
                        .encoderLayerSizes(16, 12)
                        .decoderLayerSizes(12, 16)
                        .pzxActivationFunction(Activation.IDENTITY)
                        .reconstructionDistribution(
                            new BernoulliReconstructionDistribution(Activation.SIGMOID))
                        .nIn(30)
                        .nOut(2)
                        .build()));
    BoundCheck check =
        bound(threshold).columns("e0", "e1", "pZXMean", "pZXLogStd2", "d0", "d1", "pXZ");
    net.setListeners(new AgcListener(), check);
    DataSet[] minibatches = new DataSet[STEPS];
    for (int step = 0; step < STEPS; step++) {
      INDArray binary = Networks.gaussian(step, 10, 30).gt(0).castTo(DataType.DOUBLE);
      minibatches[step] = new DataSet(binary, binary);
    }
    net.pretrain(new ExistingDataSetIterator(Arrays.asList(minibatches)));
    check.assertChecked(total((Model) net.getLayer(0)), STEPS);
  }

  @Test
  void centerLoss() {
    double threshold = 0.05;
    MultiLayerNetwork net =
        layers(
            builder(threshold)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(6).build())
                .layer(new DenseLayer.Builder().nOut(2).activation(Activation.LEAKYRELU).build())
                .layer(
                    new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(4)
                        .alpha(0.1)
                        .lambda(1e-2)
                        .build())
                .setInputType(InputType.convolutionalFlat(8, 8, 1)));
    BoundCheck check = bound(threshold).filters("0_").columns("1_", "2_").free("2_cL");
    net.setListeners(new AgcListener(), check);
    for (int step = 0; step < STEPS; step++) {
      net.fit(new DataSet(Networks.gaussian(step, 12, 64), Networks.oneHot(step, 12, 4)));
    }
    check.assertChecked(total(net), STEPS);
  }

  /**
   * Two networks in turn: a discriminator, and a generator followed by the same discriminator, in
   * which that is frozen and takes over the other's parameters after each of its steps.
   */
  @Test
  void generativeAdversarialNetworks() {
    double threshold = 0.01;
    Layer[] discriminatorLayers = {
      new DenseLayer.Builder().nIn(6).nOut(14).activation(Activation.LEAKYRELU).build(),
      new DenseLayer.Builder().nIn(14).nOut(8).activation(Activation.LEAKYRELU).build(),
      new OutputLayer.Builder(LossFunction.XENT)
          .nIn(8)
          .nOut(1)
          .activation(Activation.SIGMOID)
          .build()
    };
    Layer[] generatorLayers = {
      new DenseLayer.Builder().nIn(3).nOut(10).activation(Activation.RELU).build(),
      new BatchNormalization.Builder().nIn(10).nOut(10).build(),
      new DenseLayer.Builder().nIn(10).nOut(6).build()
    };
    NeuralNetConfiguration.ListBuilder alone = builder(threshold).list();
    NeuralNetConfiguration.ListBuilder both = builder(threshold).list();
    for (Layer layer : generatorLayers) {
      both.layer(layer.clone());
    }
    for (Layer layer : discriminatorLayers) {
      alone.layer(layer.clone());
      both.layer(new FrozenLayerWithBackprop(layer.clone()));
    }
    MultiLayerNetwork discriminator = layers(alone);
    MultiLayerNetwork gan = layers(both);
    BoundCheck ofDiscriminator = bound(threshold).columns("0_", "1_", "2_");
    BoundCheck ofGenerator =
        bound(threshold)
            .columns("0_", "2_")
            .unit("1_gamma")
            .unit("1_beta")
            .free("1_mean", "1_log10stdev")
            .frozen("3_W", "3_b", "4_W", "4_b", "5_W", "5_b");
    AgcListener listener = new AgcListener();
    discriminator.setListeners(listener, ofDiscriminator);
    gan.setListeners(listener, ofGenerator);
    INDArray real = Nd4j.ones(DataType.DOUBLE, 8, 1);
    INDArray fake = Nd4j.zeros(DataType.DOUBLE, 8, 1);
    for (int step = 0; step < STEPS; step++) {
      INDArray noise = Networks.gaussian(step, 8, 3);
      INDArray made = gan.feedForwardToLayer(generatorLayers.length - 1, noise).get(3);
      discriminator.fit(
          Nd4j.vstack(Networks.gaussian(step + 50, 8, 6).addi(1), made), Nd4j.vstack(real, fake));
      for (int layer = 0; layer < discriminatorLayers.length; layer++) {
        gan.getLayer(generatorLayers.length + layer)
            .setParams(discriminator.getLayer(layer).params());
      }
      gan.fit(noise, real);
    }
    ofDiscriminator.assertChecked(total(discriminator), STEPS);
    ofGenerator.assertChecked(total(gan), STEPS);
  }

  @Test
  void mixtureDensityNetwork() {
    double threshold = 0.05;
    int gaussians = 3;
    int labels = 2;
    MultiLayerNetwork net =
        layers(
            builder(threshold)
                .dataType(DataType.FLOAT) // which this loss of DL4J's computes in, whatever it gets
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(12).build())
                .layer(new DenseLayer.Builder().nIn(12).nOut(10).build())
                .layer(
                    new OutputLayer.Builder(
                            LossMixtureDensity.builder()
                                .gaussians(gaussians)
                                .labelWidth(labels)
                                .build())
                        .activation(Activation.IDENTITY)
                        .nIn(10)
                        .nOut(gaussians * (labels + 2))
                        .build()));
    BoundCheck check = bound(threshold).columns("0_", "1_", "2_");
    net.setListeners(new AgcListener(), check);
    for (int step = 0; step < STEPS; step++) {
      net.fit(new DataSet(Networks.gaussian(step, 10, 4), Networks.gaussian(step, 10, labels)));
    }
    check.assertChecked(total(net), STEPS);
  }

  @Test
  void sameDiffConvolutionalNetwork() {
    double threshold = 0.05;
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 1, 12, 12);
    SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 4);
    Conv2DConfig kernel = Conv2DConfig.builder().kH(3).kW(3).build();
    Pooling2DConfig pool = Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build();
    SDVariable w1 = sd.var("w1", Networks.gaussian(1, 3, 3, 1, 5).muli(0.3));
    SDVariable b1 = sd.var("b1", Nd4j.zeros(DataType.DOUBLE, 5));
    SDVariable first = sd.nn().relu(sd.cnn().conv2d(in, w1, b1, kernel), 0);
    SDVariable w2 = sd.var("w2", Networks.gaussian(2, 3, 3, 5, 6).muli(0.2));
    SDVariable b2 = sd.var("b2", Nd4j.zeros(DataType.DOUBLE, 6));
    SDVariable second =
        sd.nn().relu(sd.cnn().conv2d(sd.cnn().maxPooling2d(first, pool), w2, b2, kernel), 0);
    SDVariable flat = second.reshape(-1, 6 * 3 * 3);
    SDVariable w3 = sd.var("w3", Networks.gaussian(3, 54, 8).muli(0.1));
    SDVariable b3 = sd.var("b3", Nd4j.zeros(DataType.DOUBLE, 8));
    SDVariable hidden = sd.nn().relu(flat.mmul(w3).add(b3), 0);
    SDVariable w4 = sd.var("w4", Networks.gaussian(4, 8, 4).muli(0.3));
    SDVariable b4 = sd.var("b4", Nd4j.zeros(DataType.DOUBLE, 4));
    sd.loss().softmaxCrossEntropy("loss", label, hidden.mmul(w4).add(b4), null);
    sd.setLossVariables("loss");
    sd.setTrainingConfig(
        TrainingConfig.builder()
            .updater(new AgcGradientNormalization(new Sgd(LEARNING_RATE), threshold))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    AgcSameDiffListener listener = new AgcSameDiffListener();
    sd.setListeners(listener);
    BoundCheck check =
        bound(threshold)
            .unit("w1", 3)
            .unit("b1")
            .unit("w2", 3)
            .unit("b2")
            .unit("w3", 1)
            .unit("b3")
            .unit("w4", 1)
            .unit("b4");
    List<String> names = List.of("w1", "b1", "w2", "b2", "w3", "b3", "w4", "b4");
    for (int step = 0; step < STEPS; step++) {
      Map<String, INDArray> before = copies(sd, names);
      sd.fit(new DataSet(Networks.gaussian(step, 8, 1, 12, 12), Networks.oneHot(step, 8, 4)));
      check.check(before, copies(sd, names));
    }
    check.assertChecked(AgcReport.of(sd).total(), STEPS);
  }

  private static Map<String, INDArray> copies(SameDiff sd, List<String> names) {
    Map<String, INDArray> copies = new LinkedHashMap<>();
    names.forEach(name -> copies.put(name, sd.getVariable(name).getArr().dup()));
    return copies;
  }

  /** One-hot characters, [examples, characters, length]. */
  private static INDArray text(long seed, int examples, int characters, int length) {
    return Networks.oneHot(seed, examples * length, characters)
        .reshape('c', examples, length, characters)
        .permute(0, 2, 1)
        .dup();
  }

  /** A mask, [examples, length], of sequences of these lengths. */
  private static INDArray lengths(int length, int... ofExamples) {
    INDArray mask = Nd4j.zeros(DataType.DOUBLE, ofExamples.length, length);
    for (int example = 0; example < ofExamples.length; example++) {
      mask.get(NDArrayIndex.point(example), interval(0, ofExamples[example])).assign(1);
    }
    return mask;
  }

  private static INDArrayIndex all() {
    return NDArrayIndex.all();
  }

  private static INDArrayIndex interval(long from, long to) {
    return NDArrayIndex.interval(from, to);
  }
}
