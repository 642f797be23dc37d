package io.github.dl4jagc.experiments.support;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Examples in memory, to be had in minibatches. */
public final class Examples {

  private final long[] shape;
  private final float[] features;
  private final float[] labels;

  /**
   * Examples that are not changed any more.
   *
   * @param features [n, ...]
   * @param labels one-hot, [n, classes]
   */
  public Examples(INDArray features, INDArray labels) {
    this.shape = features.shape();
    this.features = features.dup('c').data().asFloat();
    this.labels = labels.dup('c').data().asFloat();
  }

  /**
   * How many there are.
   *
   * @return n
   */
  public int size() {
    return Math.toIntExact(shape[0]);
  }

  /**
   * All examples in a random order, cut into minibatches.
   *
   * <p>ND4J's {@code DataSet.batchBy} makes a data set of each example first: for 10,000 of 14x14
   * pixels that took 79 seconds, longer than the training. This takes a tenth of a second.
   *
   * @param batchSize examples in a minibatch; the last one may be smaller
   * @param seed of the order
   * @return features [batch, ...] and labels [batch, classes], copies
   */
  public List<DataSet> minibatches(int batchSize, long seed) {
    List<Integer> order = inOrder();
    Collections.shuffle(order, new Random(seed));
    return cut(order, batchSize);
  }

  /**
   * All examples in their order, cut into pieces.
   *
   * @param pieceSize examples in a piece; the last one may be smaller
   * @return features [piece, ...] and labels [piece, classes], copies
   */
  public List<DataSet> pieces(int pieceSize) {
    return cut(inOrder(), pieceSize);
  }

  private List<Integer> inOrder() {
    return IntStream.range(0, size()).boxed().collect(Collectors.toList());
  }

  private List<DataSet> cut(List<Integer> order, int size) {
    List<DataSet> parts = new ArrayList<>();
    for (int start = 0; start < order.size(); start += size) {
      parts.add(gather(order.subList(start, Math.min(start + size, order.size()))));
    }
    return parts;
  }

  private DataSet gather(List<Integer> indexes) {
    long[] partShape = shape.clone();
    partShape[0] = indexes.size();
    return new DataSet(
        Nd4j.create(gather(features, indexes), partShape, 'c'),
        Nd4j.create(
            gather(labels, indexes), new long[] {indexes.size(), labels.length / size()}, 'c'));
  }

  private float[] gather(float[] all, List<Integer> indexes) {
    int length = all.length / size();
    float[] part = new float[indexes.size() * length];
    for (int i = 0; i < indexes.size(); i++) {
      System.arraycopy(all, indexes.get(i) * length, part, i * length, length);
    }
    return part;
  }
}
