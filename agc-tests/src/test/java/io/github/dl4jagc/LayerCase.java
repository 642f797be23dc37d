package io.github.dl4jagc;

import io.github.dl4jagc.testing.Networks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.*;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** A network, its data, and the unit dimensions that each parameter is to have. */
final class LayerCase {

  static final int[] WHOLE = {};
  static final int[] FIRST = {0};
  static final int[] COLUMN = {1};

  final Model net;
  final MultiDataSet data;
  final Map<String, int[]> units = new LinkedHashMap<>();

  LayerCase(Model net, MultiDataSet data) {
    this.net = net;
    this.data = data;
  }

  LayerCase unit(String parameter, int[] dimensions) {
    units.put(parameter, dimensions);
    return this;
  }

  /** Of the networks that are being made. */
  static IUpdater updater;

  static NeuralNetConfiguration.Builder builder() {
    return Networks.builder(updater);
  }

  /** The layers of interest, and a dense output layer after them. */
  static LayerCase classifier(InputType input, INDArray features, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = builder().list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    list.layer(Networks.output(3)).setInputType(input);
    MultiLayerNetwork net = new MultiLayerNetwork(list.build());
    net.init();
    int examples = (int) features.size(0);
    LayerCase result =
        new LayerCase(net, new MultiDataSet(features, Networks.oneHot(9, examples, 3)));
    return result.unit(layers.length + "_W", COLUMN).unit(layers.length + "_b", WHOLE);
  }

  static LayerCase feedForward(Layer... layers) {
    return classifier(InputType.feedForward(4), Networks.gaussian(1, 6, 4), layers);
  }

  static LayerCase images(Layer... layers) {
    return classifier(InputType.convolutional(6, 6, 2), Networks.gaussian(2, 4, 2, 6, 6), layers);
  }

  static LayerCase volumes(Layer... layers) {
    return classifier(
        InputType.convolutional3D(4, 4, 4, 2), Networks.gaussian(3, 3, 2, 4, 4, 4), layers);
  }

  /** The layers of interest over a sequence, pooled over time. */
  static LayerCase sequences(Layer... layers) {
    List<Layer> all = new ArrayList<>(List.of(layers));
    all.add(new GlobalPoolingLayer());
    return classifier(
        InputType.recurrent(4, 5), Networks.gaussian(4, 6, 4, 5), all.toArray(new Layer[0]));
  }

  static LayerCase output(Layer layer, INDArray features, InputType input, INDArray labels) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            builder()
                .list()
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(layer)
                .setInputType(input)
                .build());
    net.init();
    return new LayerCase(net, new MultiDataSet(features, labels))
        .unit("0_W", COLUMN)
        .unit("0_b", WHOLE);
  }

  static LayerCase graph(GraphVertex vertex, InputType input, INDArray features, String... inputs) {
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
    return new LayerCase(
            net, new MultiDataSet(features, Networks.oneHot(9, (int) features.size(0), 3)))
        .unit("out_W", COLUMN)
        .unit("out_b", WHOLE);
  }

  static INDArray indices(int examples, int length, int vocabulary) {
    INDArray indices = Nd4j.create(DataType.DOUBLE, examples, length);
    for (int i = 0; i < examples * length; i++) {
      indices.putScalar(i / length, i % length, i * 7 % vocabulary);
    }
    return indices;
  }

  static DenseLayer dense(int nIn, int nOut) {
    return new DenseLayer.Builder().nIn(nIn).nOut(nOut).build();
  }
}
