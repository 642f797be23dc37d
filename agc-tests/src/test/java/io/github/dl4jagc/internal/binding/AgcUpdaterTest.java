package io.github.dl4jagc.internal.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.FailureObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;

/** What stands between DL4J and the inner updater. */
class AgcUpdaterTest {

  private final AgcGradientNormalization config = new AgcGradientNormalization(new Adam(0.1));
  private final GradientUpdater<?> inner =
      new Adam(0.1).instantiate(Nd4j.create(DataType.FLOAT, 1, 6), true);
  private final AgcUpdater updater = new AgcUpdater(config, config.settings(), inner);

  @Test
  void stateIsTheInnerUpdaters() {
    assertThat(updater.getState()).isNotEmpty().containsExactlyEntriesOf(inner.getState());
    Map<String, INDArray> other = new HashMap<>();
    inner.getState().forEach((name, state) -> other.put(name, Nd4j.ones(DataType.FLOAT, 1, 3)));
    updater.setState(other, false);
    assertThat(inner.getState()).containsExactlyInAnyOrderEntriesOf(other);
  }

  @Test
  void stateViewIsTheInnerUpdaters() {
    INDArray view = Nd4j.create(DataType.FLOAT, 1, 8);
    updater.setStateViewArray(view, new long[] {1, 4}, 'c', true);
    view.assign(7);
    assertThat(inner.getState().values())
        .isNotEmpty()
        .allSatisfy(state -> assertThat(state.sumNumber().intValue()).isEqualTo(4 * 7));
  }

  @Test
  void configurationIsTheOneThatItWasMadeOf() {
    assertThat(updater.getConfig()).isSameAs(config);
  }

  /** Named in META-INF/services. */
  public static final class Observer implements FailureObserver {
    private static final List<RuntimeException> SEEN = new ArrayList<>();

    @Override
    public void onFailure(RuntimeException failure) {
      SEEN.add(failure);
    }
  }

  @Test
  void observersAreToldOfAFailureBeforeItIsThrown() {
    Observer.SEEN.clear();
    assertThatThrownBy(() -> updater.applyUpdater(Nd4j.ones(DataType.FLOAT, 1, 3), 0, 0))
        .isInstanceOf(IllegalStateException.class)
        .satisfies(thrown -> assertThat(Observer.SEEN).singleElement().isSameAs(thrown));
  }
}
