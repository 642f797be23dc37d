package io.github.dl4jagc.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.UnitLayoutProvider;
import io.github.dl4jagc.testing.ClassLoaderOf;
import io.github.dl4jagc.testing.LogCapture;
import java.io.IOException;
import java.net.URL;
import java.util.Enumeration;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.misc.DummyConfig;
import org.junit.jupiter.api.Test;

/** Which providers are asked about a layer, and what becomes of those that fail. */
class ProvidersTest {

  /** A layer that no other provider knows. */
  public static final class Mine extends DummyConfig {
    public Mine() {
      super("mine");
    }
  }

  public static final class Rows implements UnitLayoutProvider {
    @Override
    public int[] unitDimensions(TrainingConfig layer, String parameter, long[] shape) {
      return layer.getClass().getName().endsWith("$Mine") ? new int[] {0} : null;
    }

    @Override
    public ParameterKind parameterKind(TrainingConfig layer, String parameter) {
      return layer.getClass().getName().endsWith("$Mine") ? ParameterKind.GAIN : null;
    }
  }

  public static final class Columns implements UnitLayoutProvider {
    @Override
    public int[] unitDimensions(TrainingConfig layer, String parameter, long[] shape) {
      return layer.getClass().getName().endsWith("$Mine") ? new int[] {1} : null;
    }
  }

  public static final class Failing implements UnitLayoutProvider {
    @Override
    public int[] unitDimensions(TrainingConfig layer, String parameter, long[] shape) {
      throw new IllegalStateException("no such layer");
    }

    @Override
    public ParameterKind parameterKind(TrainingConfig layer, String parameter) {
      throw new NoClassDefFoundError("com/example/Layer");
    }
  }

  public static final class OutOfRange implements UnitLayoutProvider {
    @Override
    public int[] unitDimensions(TrainingConfig layer, String parameter, long[] shape) {
      return new int[] {2};
    }
  }

  public static final class NotMade implements UnitLayoutProvider {
    public NotMade() {
      throw new IllegalStateException("no licence");
    }

    @Override
    public int[] unitDimensions(TrainingConfig layer, String parameter, long[] shape) {
      return new int[0];
    }
  }

  private static int[] unitsOf(TrainingConfig layer) {
    return new LayerUnits().of(layer, "W", new long[] {3, 4}).unitDimensions();
  }

  private static ClassLoaderOf application(Class<?>... providers) {
    ClassLoaderOf loader = new ClassLoaderOf(Mine.class);
    String[] names = new String[providers.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = providers[i].getName();
    }
    return loader.registering(UnitLayoutProvider.class, names);
  }

  /** As in the threads of a pool, of an application server, of a fat jar. */
  @Test
  void theProviderBesideALayerIsFoundInEveryThread() throws Exception {
    ClassLoaderOf application = application(Rows.class);
    TrainingConfig layer = (TrainingConfig) application.newInstance(Mine.class);
    try (LogCapture log = new LogCapture()) {
      for (ClassLoader context :
          new ClassLoader[] {application, null, ClassLoader.getPlatformClassLoader()}) {
        ClassLoaderOf.withContext(
            context,
            () -> {
              assertThat(unitsOf(layer)).containsExactly(0);
              assertThat(new LayerUnits().kindOf(layer, "W", new long[] {3, 4}))
                  .isEqualTo(ParameterKind.GAIN);
            });
      }
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void theLayersLoaderCountsMoreThanTheThreads() throws Exception {
    TrainingConfig layer = (TrainingConfig) application(Rows.class).newInstance(Mine.class);
    ClassLoaderOf.withContext(
        application(Columns.class), () -> assertThat(unitsOf(layer)).containsExactly(0));
  }

  @Test
  void theThreadsLoaderIsAskedToo() {
    ClassLoaderOf.withContext(
        application(Rows.class), () -> assertThat(unitsOf(new Mine())).containsExactly(0));
  }

  @Test
  void providersThatCannotBeLoadedAreLeftOutWithAWarningThatNamesThem() {
    ClassLoaderOf broken =
        new ClassLoaderOf()
            .registering(
                UnitLayoutProvider.class,
                "com.example.Absent",
                Mine.class.getName(),
                NotMade.class.getName(),
                Rows.class.getName());
    try (LogCapture log = new LogCapture()) {
      ClassLoaderOf.withContext(
          broken,
          () -> {
            assertThat(unitsOf(new Mine())).containsExactly(0);
            assertThat(unitsOf(new Mine())).containsExactly(0);
          });
      assertThat(log.messages())
          .hasSize(3)
          .allSatisfy(message -> assertThat(message).contains("WARN", "UnitLayoutProvider"))
          .anySatisfy(message -> assertThat(message).contains("com.example.Absent not found"))
          .anySatisfy(message -> assertThat(message).contains("$Mine not a subtype"))
          .anySatisfy(message -> assertThat(message).contains("NotMade", "instantiated"));
    }
  }

  /** A service file of another copy of the library, as beside a context loader that has one. */
  @Test
  void providersOfAnotherCopyOfTheLibraryAreLeftOut() {
    ClassLoaderOf other =
        new ClassLoaderOf(UnitLayoutProvider.class, Rows.class)
            .registering(UnitLayoutProvider.class, Rows.class.getName());
    try (LogCapture log = new LogCapture()) {
      ClassLoaderOf.withContext(
          other, () -> assertThat(unitsOf(new Mine())).as("a guess").containsExactly(1));
      assertThat(log.messages())
          .anySatisfy(message -> assertThat(message).contains("Rows not a subtype"));
    }
  }

  @Test
  void aProviderThatThrowsKnowsNothing() {
    try (LogCapture log = new LogCapture()) {
      ClassLoaderOf.withContext(
          application(Failing.class, Rows.class),
          () -> {
            assertThat(unitsOf(new Mine())).containsExactly(0);
            assertThat(new LayerUnits().kindOf(new Mine(), "W", new long[] {3, 4}))
                .isEqualTo(ParameterKind.GAIN);
          });
      assertThat(log.messages())
          .hasSize(2)
          .allSatisfy(message -> assertThat(message).contains("WARN", Failing.class.getName()))
          .anySatisfy(message -> assertThat(message).contains("no such layer"))
          .anySatisfy(message -> assertThat(message).contains("com/example/Layer"));
    }
  }

  @Test
  void aProviderWithDimensionsThatTheArrayDoesNotHaveIsNamed() {
    ClassLoaderOf.withContext(
        application(OutOfRange.class),
        () ->
            assertThatThrownBy(() -> unitsOf(new Mine()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                    OutOfRange.class.getName(),
                    Mine.class.getName(),
                    "\"W\"",
                    "[3, 4]",
                    "got [2]"));
  }

  /** A loader whose class path cannot be read fails for every element. */
  @Test
  void aLoaderThatFailsForEverDoesNotHang() {
    ClassLoader unreadable =
        new ClassLoader(ProvidersTest.class.getClassLoader()) {
          @Override
          public Enumeration<URL> getResources(String name) throws IOException {
            throw new IOException("closed");
          }
        };
    try (LogCapture log = new LogCapture()) {
      ClassLoaderOf.withContext(
          unreadable, () -> assertThat(unitsOf(new Mine())).as("a guess").containsExactly(1));
      assertThat(log.messages())
          .anySatisfy(message -> assertThat(message).contains("Error locating"));
    }
  }
}
