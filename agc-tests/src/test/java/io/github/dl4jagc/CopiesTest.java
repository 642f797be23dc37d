package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.ClassLoaderOf;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.embeddings.EmbeddingInitializer;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** What the copies that wrap, withSettings and unwrap make have of their original. */
class CopiesTest {

  private static final AgcSettings SETTINGS = AgcSettings.builder().clippingThreshold(0.05).build();

  private static final ISchedule SCHEDULE = new StepSchedule(ScheduleType.ITERATION, 0.5, 0.9, 5);

  /** The ways to get a copy, named by what they are. */
  enum Way {
    WRAP(net -> Agc.wrap(net, SETTINGS)),
    WRAP_CONFIGURATION(net -> initialised(Agc.wrap(net.getLayerWiseConfigurations(), SETTINGS))),
    WITH_SETTINGS(net -> Agc.withSettings(Agc.wrap(net, SETTINGS), settings -> settings)),
    UNWRAP(Agc::unwrap);

    private final UnaryOperator<MultiLayerNetwork> copy;

    Way(UnaryOperator<MultiLayerNetwork> copy) {
      this.copy = copy;
    }

    IUpdater of(IUpdater updater) {
      return this == UNWRAP ? updater : new AgcGradientNormalization(updater, 0.05);
    }
  }

  static Way[] ways() {
    return Way.values();
  }

  private static MultiLayerNetwork initialised(MultiLayerConfiguration configuration) {
    MultiLayerNetwork net = new MultiLayerNetwork(configuration);
    net.init();
    return net;
  }

  /** The layers, and an output with three inputs. */
  private static MultiLayerNetwork net(IUpdater updater, Layer... layers) {
    org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder list =
        Networks.builder(updater).list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    return initialised(
        list.layer(Networks.output(2)).setInputType(InputType.feedForward(4)).build());
  }

  private static Layer layer(MultiLayerNetwork net, int index) {
    return net.getLayerWiseConfigurations().getConf(index).getLayer();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void dropoutWithAScheduleStays(Way way) {
    MultiLayerNetwork net =
        net(
            new Sgd(0.1),
            new DenseLayer.Builder().nOut(3).dropOut(new AlphaDropout(SCHEDULE)).build());
    assertThat(layer(way.copy.apply(net), 0).getIDropout()).isEqualTo(new AlphaDropout(SCHEDULE));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void scheduleOfAdaGradStaysThoughItsCloneForgetsIt(Way way) {
    AdaGrad updater = new AdaGrad(SCHEDULE, 1e-6);
    MultiLayerNetwork net =
        net(new Sgd(0.1), new DenseLayer.Builder().nOut(3).updater(updater).build());
    assertThat(((BaseLayer) layer(net, 0)).getIUpdater()).isEqualTo(updater);
    assertThat(((BaseLayer) layer(way.copy.apply(net), 0)).getIUpdater())
        .isEqualTo(way.of(updater));
  }

  /** As one of word vectors in memory: it says itself that it cannot be written as JSON. */
  private static final class Vectors implements EmbeddingInitializer {
    private static final long serialVersionUID = 1L;

    @Override
    public void loadWeightsInto(INDArray array) {
      array.assign(7);
    }

    @Override
    public long vocabSize() {
      return 4;
    }

    @Override
    public int vectorSize() {
      return 3;
    }

    @Override
    public boolean jsonSerializable() {
      return false;
    }
  }

  private static MultiLayerConfiguration withVectors() {
    return Networks.builder(new Sgd(0.1))
        .list()
        .layer(new EmbeddingLayer.Builder().nIn(4).nOut(3).weightInit(new Vectors()).build())
        .layer(Networks.output(2))
        .setInputType(InputType.feedForward(4))
        .build();
  }

  /** DL4J forgets them in a configuration once a network has been made of it. */
  @Test
  void wordVectorsInMemoryStay() {
    MultiLayerNetwork wrapped = initialised(Agc.wrap(withVectors(), SETTINGS));
    MultiLayerNetwork net = initialised(withVectors());
    for (MultiLayerNetwork each :
        List.of(wrapped, net, Agc.wrap(net, SETTINGS), Agc.unwrap(wrapped))) {
      assertThat(each.getParam("0_W").minNumber().doubleValue()).isEqualTo(7);
      assertThat(each.getParam("0_W").maxNumber().doubleValue()).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void layersThatAreAnonymousClassesStay(Way way) {
    Layer lambda =
        new SameDiffLambdaLayer() {
          private static final long serialVersionUID = 1L;

          @Override
          public SDVariable defineLayer(SameDiff sd, SDVariable in) {
            return in.mul(2);
          }

          @Override
          public InputType getOutputType(int index, InputType type) {
            return type;
          }
        };
    MultiLayerNetwork net = net(new Sgd(0.1), new DenseLayer.Builder().nOut(3).build(), lambda);
    INDArray in = Networks.gaussian(1, 2, 4);
    MultiLayerNetwork copy = way.copy.apply(net);
    copy.setParams(net.params());
    assertThat(copy.output(in)).isEqualTo(net.output(in));
  }

  /** DL4J's clone() shares the layer inside of LastTimeStep, and every updater. */
  @ParameterizedTest
  @MethodSource("ways")
  void copySharesNoUpdaterWithTheOriginal(Way way) {
    MultiLayerNetwork net =
        initialised(
            Networks.builder(new Adam(0.1))
                .list()
                .layer(new LastTimeStep(new LSTM.Builder().nOut(3).build()))
                .layer(Networks.output(2))
                .setInputType(InputType.recurrent(4))
                .build());
    String before = net.getLayerWiseConfigurations().toJson();
    MultiLayerNetwork copy = way.copy.apply(net);
    for (int layer = 0; layer < 2; layer++) {
      assertThat(copy.getLayer(layer).getConfig().getUpdaterByParam("W"))
          .isEqualTo(way.of(new Adam(0.1)));
    }
    copy.setLearningRate(0.3);
    assertThat(net.getLayerWiseConfigurations().toJson()).isEqualTo(before);
    assertThat(net.getLearningRate(0)).isEqualTo(0.1);
  }

  @Test
  void vertexWithParametersKeepsItsUpdaterThoughItsCloneForgetsIt() {
    ComputationGraph graph =
        new ComputationGraph(
            Networks.builder(new Adam(0.1))
                .l2(0.01)
                .graphBuilder()
                .addInputs("in")
                .addVertex(
                    "attention",
                    new AttentionVertex.Builder()
                        .nInQueries(4)
                        .nInKeys(4)
                        .nInValues(4)
                        .nOut(3)
                        .nHeads(1)
                        .headSize(3)
                        .projectInput(true)
                        .build(),
                    "in",
                    "in",
                    "in")
                .addLayer("pool", new GlobalPoolingLayer(), "attention")
                .addLayer("out", Networks.output(2), "pool")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(4))
                .build());
    graph.init();
    MultiDataSet data = new MultiDataSet(Networks.gaussian(1, 6, 4, 5), Networks.oneHot(2, 6, 2));
    NetworkCheck.fit(graph, data);
    ComputationGraph wrapped =
        Agc.wrap(graph, AgcSettings.builder().clippingThreshold(1e-3).build());
    ComputationGraph plain = Agc.unwrap(wrapped);
    NetworkCheck.fit(wrapped, data);
    assertThat(AgcReport.of(wrapped).row("attention", "Wq").orElseThrow().total().clippedUnits())
        .isPositive();
    NetworkCheck.fit(plain, data);
    NetworkCheck.fit(graph, data);
    assertThat(plain.params()).isEqualTo(graph.params());
  }

  /** Updaters in a map, in a list, in an array and in an object that is not a layer. */
  private static final class Hoarder extends DenseLayer {
    private static final long serialVersionUID = 1L;

    private final Map<String, IUpdater> byName = new HashMap<>();
    private final List<IUpdater> list = new ArrayList<>();
    private final IUpdater[] array = {new Sgd(0.4)};
    private Options options;

    Hoarder(Options options) {
      setNOut(3);
      setHasBias(true);
      byName.put("W", new Sgd(0.2));
      list.add(new Sgd(0.3));
      this.options = options;
    }

    @Override
    public IUpdater getUpdaterByParam(String name) {
      return byName.getOrDefault(name, options.updater());
    }
  }

  /** Of a layer's own. */
  interface Options {
    IUpdater updater();
  }

  /** Which can be copied. */
  private static final class SerializableOptions implements Options, Serializable {
    private static final long serialVersionUID = 1L;

    private final AtomicReference<IUpdater> updater = new AtomicReference<>(new Sgd(0.5));

    @Override
    public IUpdater updater() {
      return updater.get();
    }
  }

  /** Which cannot. */
  private static final class OtherOptions implements Options {
    private final IUpdater updater = new Sgd(0.5);

    @Override
    public IUpdater updater() {
      return updater;
    }
  }

  @Test
  void updatersAreFoundWhereverTheyStand() {
    Hoarder before = new Hoarder(new SerializableOptions());
    MultiLayerNetwork wrapped = Agc.wrap(net(new Sgd(0.1), before), SETTINGS);
    Hoarder after = (Hoarder) layer(wrapped, 0);
    assertThat(after.byName).containsEntry("W", Way.WRAP.of(new Sgd(0.2)));
    assertThat(after.list).containsExactly(Way.WRAP.of(new Sgd(0.3)));
    assertThat(after.array).containsExactly(Way.WRAP.of(new Sgd(0.4)));
    assertThat(after.options.updater()).isEqualTo(Way.WRAP.of(new Sgd(0.5)));
    assertThat(before.byName).containsEntry("W", new Sgd(0.2));
    assertThat(before.list).containsExactly(new Sgd(0.3));
    assertThat(before.array).containsExactly(new Sgd(0.4));
    assertThat(before.options.updater()).isEqualTo(new Sgd(0.5));
    assertThat(((Hoarder) layer(Agc.unwrap(wrapped), 0)).options.updater()).isEqualTo(new Sgd(0.5));
    NetworkCheck.fit(
        wrapped, new MultiDataSet(Networks.gaussian(1, 6, 4), Networks.oneHot(2, 6, 2)));
    assertThat(AgcReport.of(wrapped).rows())
        .allSatisfy(row -> assertThat(row.total().iterations()).isEqualTo(1));
  }

  /** A layer that an application has by a class loader of its own. */
  public static final class OfAnApplication extends DenseLayer {
    private static final long serialVersionUID = 1L;

    public OfAnApplication() {
      setNOut(3);
      setHasBias(true);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void layersOfAnotherClassLoaderStayOfTheirClass(Way way) throws Exception {
    Layer own = (Layer) new ClassLoaderOf(OfAnApplication.class).newInstance(OfAnApplication.class);
    assertThat(own).isNotInstanceOf(OfAnApplication.class);
    assertThat(layer(way.copy.apply(net(new Sgd(0.1), own)), 0))
        .isExactlyInstanceOf(own.getClass());
  }

  static Stream<Named<LayerCase>> everyLayer() {
    return EveryLayer.cases(new Adam(0.1));
  }

  @ParameterizedTest
  @MethodSource("everyLayer")
  void everyLayerTypeIsCopiedWhole(LayerCase each) {
    Model copy = Agc.unwrap(each.net);
    assertThat(json(copy)).isEqualTo(json(each.net));
    assertThat(json(Agc.unwrap(Agc.wrap(each.net, SETTINGS)))).isEqualTo(json(each.net));
    NetworkCheck.fit(copy, each.data);
    NetworkCheck.fit(each.net, each.data);
    assertThat(copy.params()).isEqualTo(each.net.params());
  }

  private static String json(Model net) {
    return net instanceof MultiLayerNetwork
        ? ((MultiLayerNetwork) net).getLayerWiseConfigurations().toJson()
        : ((ComputationGraph) net).getConfiguration().toJson();
  }

  @Test
  void updaterThatCannotBeCopiedIsAnErrorThatNamesItsHolder() {
    MultiLayerNetwork net = net(new Sgd(0.1), new Hoarder(new OtherOptions()));
    assertThatThrownBy(() -> Agc.wrap(net, SETTINGS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CopiesTest$OtherOptions holds an updater and is not Serializable")
        .hasMessageContaining("#cannot-be-copied");
  }
}
