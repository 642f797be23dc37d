package io.github.dl4jagc.internal.check;

import static io.github.dl4jagc.internal.check.Troubleshooting.LARGE_THRESHOLD;
import static io.github.dl4jagc.internal.check.Troubleshooting.UNITS_ARE_GUESSED;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WarnOnceTest {

  @BeforeEach
  void nothingIsLogged() {
    WarnOnce.forget();
  }

  @Test
  void theSameIsDueOnce() {
    assertThat(WarnOnce.isDue(UNITS_ARE_GUESSED, "W", new long[] {2, 3})).isTrue();
    assertThat(WarnOnce.isDue(UNITS_ARE_GUESSED, "W", new long[] {2, 3})).isFalse();
    assertThat(WarnOnce.isDue(UNITS_ARE_GUESSED, "W", new long[] {2, 4})).isTrue();
    assertThat(WarnOnce.isDue(LARGE_THRESHOLD, "W", new long[] {2, 3})).isTrue();
  }

  @Test
  void whatIsForgottenIsDueAgain() {
    assertThat(WarnOnce.isDue(LARGE_THRESHOLD, 3)).isTrue();
    WarnOnce.forget();
    assertThat(WarnOnce.isDue(LARGE_THRESHOLD, 3)).isTrue();
  }
}
