package io.github.dl4jagc.examples.support;

import org.nd4j.linalg.api.ndarray.INDArray;

/** What is asked of a trained network. */
public final class Evaluation {

  private Evaluation() {}

  /**
   * How many examples are recognised.
   *
   * @param output the network's answer, [n, classes]
   * @param labels one-hot, [n, classes]
   * @return the number of examples whose largest output is that of their class
   */
  public static long recognised(INDArray output, INDArray labels) {
    INDArray predicted = output.argMax(1);
    INDArray actual = labels.argMax(1);
    return predicted.eq(actual).castTo(actual.dataType()).sumNumber().longValue();
  }

  /**
   * Whether a network has not diverged.
   *
   * @param parameters all of the network's
   * @return whether none is NaN or infinite
   */
  public static boolean allFinite(INDArray parameters) {
    for (float value : parameters.toFloatVector()) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
