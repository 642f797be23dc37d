package io.github.dl4jagc.bench;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does clipping every gradient of a network take, against the three flat passes that any
 * separate-pass implementation needs at least (norm of W, norm of G, scale G), against DL4J's own
 * clipping, a straightforward port of the algorithm to ND4J, and whole updaters?
 *
 * <p>Command: {@code mvn -q -Pbench -pl agc-tests -am test-compile}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ClipBenchmark {

  /** What is run. */
  public enum Candidate {
    /** Norm of W, norm of G, scale G, on the flat arrays, by BLAS calls. */
    FLOOR,
    /** One read of the gradient, by a BLAS call. */
    READ,
    /** A copy of the gradient, by as many threads as the others have: the memory's bandwidth. */
    COPY,
    /** The passes of the floor as ND4J operations: {@code norm2} is slower than BLAS is. */
    ND4J_PASSES,
    /** This library, every unit clipped. */
    AGC_ALL,
    /** This library, no unit clipped. */
    AGC_NONE,
    /** This library's ND4J operations, as on a GPU; every unit clipped. */
    AGC_ND4J,
    /** This library in host memory without BLAS; every unit clipped. */
    AGC_JAVA,
    /** The algorithm written down in ND4J calls, array by array; every unit clipped. */
    PORT,
    /** DL4J's ClipL2PerParamType, everything clipped. */
    CLIP_L2_PER_PARAM_TYPE,
    /** DL4J's ClipL2PerLayer, everything clipped. */
    CLIP_L2_PER_LAYER,
    /** ND4J's Adam on the flat arrays. */
    ADAM,
    /** ND4J's Nesterovs on the flat arrays. */
    NESTEROVS
  }

  /** The parameters. */
  @Param({
    "RESNET50",
    "NF_RESNET200",
    "LSTM4",
    "TINY1000",
    "EMBEDDING",
    "SHORT",
    "STRIDED",
    "STRIDED_WIDE"
  })
  public ParameterSet parameters;

  /** The candidate. */
  @Param public Candidate candidate;

  private INDArray weights;
  private INDArray gradient;
  private INDArray fresh;
  private Runnable run;

  /** Makes the network and its gradient. */
  @Setup(Level.Trial)
  public void setUp() {
    if (candidate == Candidate.AGC_ND4J || candidate == Candidate.AGC_JAVA) {
      System.setProperty(
          "io.github.dl4jagc.clipper", candidate == Candidate.AGC_ND4J ? "nd4j" : "java");
    }
    MultiLayerNetwork net = parameters.network(updater(), normalization());
    weights = net.params().reshape(net.numParams());
    gradient = net.getFlattenedGradients().reshape(net.numParams());
    fresh = parameters.gradient(net.numParams());
    run = runnable(net);
  }

  /** A clipped gradient would not be clipped again. */
  @Setup(Level.Invocation)
  public void newGradient() {
    gradient.assign(fresh);
  }

  /** One pass over all parameters. */
  @Benchmark
  public void pass() {
    run.run();
    Nd4j.getExecutioner().commit(); // on a GPU: wait for it
  }

  private IUpdater updater() {
    switch (candidate) {
      case AGC_ALL:
      case AGC_ND4J:
      case AGC_JAVA:
        return new AgcGradientNormalization(new NoOp(), 1e-9);
      case AGC_NONE:
        return new AgcGradientNormalization(new NoOp(), 1e9);
      case ADAM:
        return new Adam(1e-3);
      case NESTEROVS:
        return new Nesterovs(1e-3);
      default:
        return new NoOp();
    }
  }

  private GradientNormalization normalization() {
    switch (candidate) {
      case CLIP_L2_PER_LAYER:
        return GradientNormalization.ClipL2PerLayer;
      case CLIP_L2_PER_PARAM_TYPE:
        return GradientNormalization.ClipL2PerParamType;
      default:
        return GradientNormalization.None;
    }
  }

  private Runnable runnable(MultiLayerNetwork net) {
    switch (candidate) {
      case FLOOR:
        return FlatPasses.blas(weights, gradient);
      case READ:
        return FlatPasses.read(gradient);
      case COPY:
        return FlatPasses.copy(fresh, gradient);
      case ND4J_PASSES:
        return FlatPasses.nd4j(weights, gradient);
      case PORT:
        return port(net);
      case CLIP_L2_PER_LAYER:
      case CLIP_L2_PER_PARAM_TYPE:
        return gradientNormalization(net);
      default:
        return updaterBlocks(net);
    }
  }

  /** What an updater does at each step, without what DL4J does around it. */
  private Runnable updaterBlocks(MultiLayerNetwork net) {
    if (net.getLayer(0).getConfig().getUpdaterByParam("W") instanceof AgcGradientNormalization) {
      Agc.attach(net);
    }
    List<UpdaterBlock> blocks = updaterOf(net).getUpdaterBlocks();
    if (blocks.size() != 1) {
      throw new IllegalStateException("expected one updater block, got " + blocks.size());
    }
    return () -> blocks.get(0).getGradientUpdater().applyUpdater(gradient, 0, 0);
  }

  private static BaseMultiLayerUpdater<?> updaterOf(MultiLayerNetwork net) {
    return (BaseMultiLayerUpdater<?>) net.getUpdater();
  }

  private static Runnable gradientNormalization(MultiLayerNetwork net) {
    BaseMultiLayerUpdater<?> updater = updaterOf(net);
    Map<Layer, Gradient> gradients = new LinkedHashMap<>();
    for (Layer layer : net.getLayers()) {
      Gradient ofLayer = new DefaultGradient(layer.getGradientsViewArray());
      layer
          .conf()
          .getLayer()
          .initializer()
          .getGradientsFromFlattened(layer.conf(), layer.getGradientsViewArray())
          .forEach(ofLayer::setGradientFor);
      gradients.put(layer, ofLayer);
    }
    List<Map.Entry<Layer, Gradient>> all = new ArrayList<>(gradients.entrySet());
    return () -> {
      for (Map.Entry<Layer, Gradient> each : all) {
        updater.preApply(each.getKey(), each.getValue(), 0);
      }
    };
  }

  private static Runnable port(MultiLayerNetwork net) {
    List<Runnable> ports = new ArrayList<>();
    for (Layer layer : net.getLayers()) {
      layer
          .conf()
          .getLayer()
          .initializer()
          .getGradientsFromFlattened(layer.conf(), layer.getGradientsViewArray())
          .forEach(
              (name, g) -> {
                INDArray w = layer.getParam(name);
                int dimension = unitDimension(layer, w);
                ports.add(() -> port(w, g, dimension));
              });
    }
    return () -> ports.forEach(Runnable::run);
  }

  /** The dimension along which units lie, of the few layers that parameter sets have. */
  private static int unitDimension(Layer layer, INDArray weights) {
    org.deeplearning4j.nn.conf.layers.Layer type = layer.conf().getLayer();
    return type instanceof Deconvolution2D
            || weights.rank() == 2 && !(type instanceof EmbeddingLayer)
        ? 1
        : 0;
  }

  private static void port(INDArray w, INDArray g, int unitDimension) {
    if (w.rank() == 1) {
      double bound = 1e-9 * Math.max(w.norm2Number().doubleValue(), 1e-3);
      double norm = g.norm2Number().doubleValue();
      if (norm > bound) {
        g.muli(bound / norm);
      }
      return;
    }
    int[] others = IntStream.range(0, w.rank()).filter(i -> i != unitDimension).toArray();
    INDArray bound = Transforms.max(w.norm2(others), 1e-3).muli(1e-9);
    // A token without a gradient would have 0 / 0.
    INDArray scale = Transforms.min(bound.divi(g.norm2(others).addi(1e-20)), 1.0);
    INDArray rows = w.rank() == 2 ? g : g.reshape(g.size(0), g.length() / g.size(0));
    if (unitDimension == 1) {
      rows.muliRowVector(scale);
    } else {
      rows.muliColumnVector(scale.reshape(scale.length(), 1));
    }
  }
}
