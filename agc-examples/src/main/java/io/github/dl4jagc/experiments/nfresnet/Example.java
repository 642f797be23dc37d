package io.github.dl4jagc.experiments.nfresnet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.dataset.DataSet;

/** One image, row by row and channel by channel, and its class. */
final class Example {

  private final float[] pixels;
  private final int label;

  /**
   * @param pixels is kept, and changed by {@link ImageData}
   * @param label the class, from 0
   */
  Example(float[] pixels, int label) {
    this.pixels = pixels;
    this.label = label;
  }

  /** Those of ND4J's minibatches. */
  static List<Example> of(List<DataSet> batches) {
    List<Example> examples = new ArrayList<>();
    for (DataSet batch : batches) {
      int count = batch.numExamples();
      float[] pixels = batch.getFeatures().dup('c').data().asFloat();
      int[] labels = batch.getLabels().argMax(1).toIntVector();
      int size = pixels.length / count;
      for (int i = 0; i < count; i++) {
        examples.add(new Example(Arrays.copyOfRange(pixels, i * size, (i + 1) * size), labels[i]));
      }
    }
    return examples;
  }

  float[] pixels() {
    return pixels;
  }

  int label() {
    return label;
  }
}
