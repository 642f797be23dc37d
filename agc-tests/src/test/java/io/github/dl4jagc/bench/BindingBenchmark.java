package io.github.dl4jagc.bench;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.NoOp;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What does the listener cost at each iteration, once a network of 500 layers is bound? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BindingBenchmark {

  /** One updater for all layers, or one for each: 1 or 500 updater blocks. */
  @Param({"1", "500"})
  public int updaterBlocks;

  /** A ComputationGraph instead of a MultiLayerNetwork. */
  @Param({"false", "true"})
  public boolean graph;

  private Model net;
  private AgcListener listener;

  /** Makes and binds the network. */
  @Setup
  public void setUp() {
    NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().list();
    for (int i = 0; i < 500; i++) {
      double threshold = updaterBlocks == 1 ? 0.01 : 0.01 * (i + 1);
      list.layer(
          new DenseLayer.Builder()
              .nIn(8)
              .nOut(8)
              .updater(new AgcGradientNormalization(new NoOp(), threshold))
              .build());
    }
    MultiLayerNetwork layers = new MultiLayerNetwork(list.build());
    layers.init();
    if (graph) {
      ComputationGraph sameLayers = layers.toComputationGraph();
      net = sameLayers;
      listener = Agc.attach(sameLayers);
    } else {
      net = layers;
      listener = Agc.attach(layers);
    }
  }

  /** What DL4J calls at each iteration. */
  @Benchmark
  public void onGradientCalculation() {
    listener.onGradientCalculation(net);
  }
}
