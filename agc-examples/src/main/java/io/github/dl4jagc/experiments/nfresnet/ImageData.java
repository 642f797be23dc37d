package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.support.Examples;
import java.util.List;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images and their classes in memory, a part to train on and a part to test on. Each channel has
 * mean 0 and variance 1 over the training part: what a network without normalisation expects.
 */
final class ImageData {

  /** Of whatever is random about which images are used. */
  static final long SPLIT_SEED = 42;

  private static final int TEST_BATCH = 250;

  private final String name;
  private final int[] shape;
  private final int classes;
  private final Examples training;
  private final Examples test;

  /**
   * @param name what the data are called
   * @param shape channels, height and width of an image
   * @param classes how many there are
   * @param training to train on; is standardised
   * @param test to test on; is standardised with the figures of the training part
   */
  ImageData(String name, int[] shape, int classes, List<Example> training, List<Example> test) {
    this.name = name;
    this.shape = shape.clone();
    this.classes = classes;
    standardize(training, test);
    this.training = examples(training);
    this.test = examples(test);
  }

  private void standardize(List<Example> training, List<Example> test) {
    int pixels = shape[1] * shape[2];
    for (int channel = 0; channel < shape[0]; channel++) {
      int start = channel * pixels;
      double sum = 0;
      double squares = 0;
      for (Example example : training) {
        for (int i = start; i < start + pixels; i++) {
          sum += example.pixels()[i];
          squares += (double) example.pixels()[i] * example.pixels()[i];
        }
      }
      double count = (double) training.size() * pixels;
      double mean = sum / count;
      double deviation = Math.sqrt(Math.max(squares / count - mean * mean, 1e-12));
      for (List<Example> part : List.of(training, test)) {
        for (Example example : part) {
          for (int i = start; i < start + pixels; i++) {
            example.pixels()[i] = (float) ((example.pixels()[i] - mean) / deviation);
          }
        }
      }
    }
  }

  /** What the data are called. */
  String name() {
    return name;
  }

  /** Channels, height and width of an image. */
  int[] shape() {
    return shape.clone();
  }

  /** The number of classes. */
  int classes() {
    return classes;
  }

  /** The number of training images. */
  int trainingSize() {
    return training.size();
  }

  /** The number of test images. */
  int testSize() {
    return test.size();
  }

  /** The training part in a random order, cut into minibatches; the last one may be smaller. */
  List<DataSet> minibatches(int size, long seed) {
    return training.minibatches(size, seed);
  }

  /** The test part, in pieces. */
  List<DataSet> test() {
    return test.pieces(TEST_BATCH);
  }

  private Examples examples(List<Example> examples) {
    int pixels = shape[0] * shape[1] * shape[2];
    float[] images = new float[examples.size() * pixels];
    float[] labels = new float[examples.size() * classes];
    for (int i = 0; i < examples.size(); i++) {
      System.arraycopy(examples.get(i).pixels(), 0, images, i * pixels, pixels);
      labels[i * classes + examples.get(i).label()] = 1;
    }
    return new Examples(
        Nd4j.create(images, new long[] {examples.size(), shape[0], shape[1], shape[2]}, 'c'),
        Nd4j.create(labels, new long[] {examples.size(), classes}, 'c'));
  }
}
