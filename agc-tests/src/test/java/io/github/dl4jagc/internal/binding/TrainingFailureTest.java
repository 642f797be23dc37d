package io.github.dl4jagc.internal.binding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.FailureObserver;
import io.github.dl4jagc.testing.ClassLoaderOf;
import io.github.dl4jagc.testing.LogCapture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A failure is the same after all observers as before, whatever these do. */
class TrainingFailureTest {

  private static final List<RuntimeException> SEEN = new ArrayList<>();

  public static final class Throwing implements FailureObserver {
    @Override
    public void onFailure(RuntimeException failure) {
      throw new IllegalStateException("no job to fail");
    }
  }

  public static final class Asserting implements FailureObserver {
    @Override
    public void onFailure(RuntimeException failure) {
      throw new AssertionError("not expected");
    }
  }

  /** Throws what it is told of. */
  public static final class Rethrowing implements FailureObserver {
    @Override
    public void onFailure(RuntimeException failure) {
      throw failure;
    }
  }

  public static final class Seeing implements FailureObserver {
    @Override
    public void onFailure(RuntimeException failure) {
      SEEN.add(failure);
    }
  }

  private final RuntimeException failure = new ArithmeticException("not finite");

  @BeforeEach
  void nothingIsSeen() {
    SEEN.clear();
  }

  private void tellWith(String... observers) {
    ClassLoaderOf.withContext(
        new ClassLoaderOf().registering(FailureObserver.class, observers),
        () -> assertThat(TrainingFailure.report(failure)).isSameAs(failure));
  }

  @Test
  void whatObserversThrowIsSuppressedAndLoggedAndTheNextOneIsTold() {
    try (LogCapture log = new LogCapture()) {
      tellWith(Throwing.class.getName(), Asserting.class.getName(), Seeing.class.getName());
      assertThat(failure.getSuppressed())
          .extracting(Throwable::getMessage)
          .containsExactly("no job to fail", "not expected");
      assertThat(SEEN).containsExactly(failure);
      assertThat(log.messages())
          .hasSize(3)
          .anySatisfy(message -> assertThat(message).contains("ERROR", "not finite"))
          .anySatisfy(message -> assertThat(message).contains("WARN", Throwing.class.getName()))
          .anySatisfy(message -> assertThat(message).contains("WARN", Asserting.class.getName()));
    }
  }

  @Test
  void anObserverMayThrowTheFailureItself() {
    tellWith(Rethrowing.class.getName(), Seeing.class.getName());
    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(SEEN).containsExactly(failure);
  }

  @Test
  void observersThatCannotBeLoadedAreLeftOutWithAWarningThatNamesThem() {
    try (LogCapture log = new LogCapture()) {
      tellWith("com.example.Absent", Seeing.class.getName());
      assertThat(SEEN).containsExactly(failure);
      assertThat(log.messages())
          .anySatisfy(
              message ->
                  assertThat(message).contains("WARN", "FailureObserver", "com.example.Absent"));
    }
  }
}
