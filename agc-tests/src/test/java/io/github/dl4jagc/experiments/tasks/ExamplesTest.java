package io.github.dl4jagc.experiments.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class ExamplesTest {

  /** Seven examples [1, 2, 3], whose values are 6i to 6i + 5, and whose class is i. */
  private final Examples examples = new Examples(Nd4j.arange(42).reshape(7, 1, 2, 3), Nd4j.eye(7));

  private static List<Integer> classes(List<DataSet> minibatches) {
    List<Integer> classes = new ArrayList<>();
    for (DataSet minibatch : minibatches) {
      for (int label : minibatch.getLabels().argMax(1).toIntVector()) {
        classes.add(label);
      }
    }
    return classes;
  }

  @Test
  void eachExampleIsInOneMinibatchWithItsLabel() {
    List<DataSet> minibatches = examples.minibatches(3, 5);
    assertThat(minibatches).extracting(DataSet::numExamples).containsExactly(3, 3, 1);
    assertThat(classes(minibatches)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
    for (DataSet minibatch : minibatches) {
      for (int i = 0; i < minibatch.numExamples(); i++) {
        int label = minibatch.getLabels().getRow(i).argMax().getInt(0);
        assertThat(minibatch.getFeatures().slice(i))
            .isEqualTo(Nd4j.arange(6 * label, 6 * label + 6).reshape(1, 2, 3));
      }
    }
  }

  @Test
  void orderIsThatOfTheSeed() {
    List<Integer> order = classes(examples.minibatches(3, 5));
    assertThat(classes(examples.minibatches(2, 5))).isEqualTo(order);
    assertThat(classes(examples.minibatches(3, 6))).isNotEqualTo(order);
    assertThat(classes(examples.pieces(4))).containsExactly(0, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void minibatchesAreCopies() {
    examples.pieces(7).get(0).getFeatures().assign(-1);
    assertThat(examples.pieces(7).get(0).getFeatures().minNumber().doubleValue()).isZero();
  }
}
