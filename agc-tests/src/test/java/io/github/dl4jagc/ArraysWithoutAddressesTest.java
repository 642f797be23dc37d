package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.ChosenClipper;
import io.github.dl4jagc.testing.Networks;
import java.lang.reflect.Field;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.cpu.nativecpu.buffer.DefaultDataBufferFactory;
import org.nd4j.linalg.cpu.nativecpu.buffer.DoubleBuffer;
import org.nd4j.linalg.cpu.nativecpu.buffer.FloatBuffer;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * On CUDA the address of an array is the one of its copy on the host, which does not exist before
 * somebody reads the array. So nothing but the host's own implementation may ask for it: here every
 * buffer that ND4J makes throws when asked.
 */
class ArraysWithoutAddressesTest {

  @SuppressWarnings("serial")
  private static final class Factory extends DefaultDataBufferFactory {
    @Override
    public DataBuffer create(DataType type, long length, boolean initialize) {
      return type == DataType.FLOAT
          ? new Floats(length, initialize)
          : type == DataType.DOUBLE
              ? new Doubles(length, initialize)
              : super.create(type, length, initialize);
    }

    @Override
    public DataBuffer create(
        DataType type, long length, boolean initialize, MemoryWorkspace workspace) {
      return type == DataType.FLOAT
          ? new Floats(length, initialize, workspace)
          : type == DataType.DOUBLE
              ? new Doubles(length, initialize, workspace)
              : super.create(type, length, initialize, workspace);
    }

    @Override
    public DataBuffer create(DataBuffer underlying, long offset, long length) {
      return underlying.dataType() == DataType.FLOAT
          ? new Floats(underlying, length, offset)
          : underlying.dataType() == DataType.DOUBLE
              ? new Doubles(underlying, length, offset)
              : super.create(underlying, offset, length);
    }
  }

  @SuppressWarnings("serial")
  private static final class Floats extends FloatBuffer {
    Floats(long length, boolean initialize) {
      super(length, initialize);
    }

    Floats(long length, boolean initialize, MemoryWorkspace workspace) {
      super(length, initialize, workspace);
    }

    Floats(DataBuffer underlying, long length, long offset) {
      super(underlying, length, offset);
    }

    @Override
    public long address() {
      throw new NullPointerException("there is no host pointer");
    }
  }

  @SuppressWarnings("serial")
  private static final class Doubles extends DoubleBuffer {
    Doubles(long length, boolean initialize) {
      super(length, initialize);
    }

    Doubles(long length, boolean initialize, MemoryWorkspace workspace) {
      super(length, initialize, workspace);
    }

    Doubles(DataBuffer underlying, long length, long offset) {
      super(underlying, length, offset);
    }

    @Override
    public long address() {
      throw new NullPointerException("there is no host pointer");
    }
  }

  @RegisterExtension final ChosenClipper clippers = new ChosenClipper();

  private Object factory;

  private static Field factoryField() throws NoSuchFieldException {
    Field field = Nd4j.class.getDeclaredField("DATA_BUFFER_FACTORY_INSTANCE");
    field.setAccessible(true);
    return field;
  }

  @BeforeEach
  void withoutAddresses() throws ReflectiveOperationException {
    Nd4j.scalar(1); // ND4J itself has begun
    clippers.choose("nd4j");
    factory = factoryField().get(null);
    factoryField().set(null, new Factory());
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      assertThatThrownBy(() -> Nd4j.create(type, 3, 4).getRow(1).data().address())
          .isInstanceOf(NullPointerException.class);
    }
  }

  @AfterEach
  void withAddresses() throws ReflectiveOperationException {
    factoryField().set(null, factory);
  }

  private static AgcGradientNormalization agc() {
    return new AgcGradientNormalization(new Nesterovs(0.1, 0.9));
  }

  private static NeuralNetConfiguration.Builder floats() {
    return Networks.builder(agc()).dataType(DataType.FLOAT);
  }

  private static DataSet data() {
    return new DataSet(
        Networks.gaussian(1, 8, 4).castTo(DataType.FLOAT),
        Networks.oneHot(1, 8, 3).castTo(DataType.FLOAT));
  }

  @Test
  void clip() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE, DataType.HALF}) {
      INDArray gradient = Nd4j.ones(type, 3, 4);
      ArrayClip.clip(Nd4j.ones(type, 3, 4), gradient, 0.5, 1e-3, 0);
      assertThat(gradient.getDouble(0)).isEqualTo(0.5);
      INDArray both = Nd4j.ones(type, 2, 3, 4);
      ArrayClip.clip(both.slice(0), both.slice(1), 0.5, 1e-3, 0);
      assertThat(both.slice(1).getDouble(0)).isEqualTo(0.5);
      assertThatThrownBy(() -> ArrayClip.clip(both.slice(0), both.slice(0), 0.5, 1e-3, 0))
          .hasMessageContaining("must not share memory");
    }
  }

  @Test
  void fitAndReportOfLayers() {
    MultiLayerNetwork net = Networks.dense(floats());
    AgcListener listener = Agc.attach(net);
    net.fit(data());
    net.fit(data());
    assertThat(AgcReport.of(net).total().iterations()).isEqualTo(2);
    assertThat(AgcReport.of(net).total().clippedUnits()).isPositive();
    Agc.unwrap(net).fit(data());
  }

  @Test
  void fitAndReportOfGraphs() {
    ComputationGraph net = Networks.denseGraph(agc()); // in DOUBLE
    AgcListener listener = Agc.attach(net);
    net.fit(data());
    net.fit(data());
    assertThat(AgcReport.of(net).total().iterations()).isEqualTo(2);
    assertThat(AgcReport.of(net).total().clippedUnits()).isPositive();
    Agc.unwrap(net).fit(data());
  }

  @Test
  void apply() {
    MultiLayerNetwork layers = Networks.dense(floats());
    ComputationGraph graph = Networks.denseGraph(agc());
    for (int i = 0; i < 2; i++) {
      layers.setInput(data().getFeatures());
      layers.setLabels(data().getLabels());
      layers.computeGradientAndScore();
      Agc.apply(layers);
      graph.setInputs(data().getFeatures());
      graph.setLabels(data().getLabels());
      graph.computeGradientAndScore();
      Agc.apply(graph);
    }
    assertThat(AgcReport.of(layers).total().iterations()).isEqualTo(2);
    assertThat(AgcReport.of(graph).total().iterations()).isEqualTo(2);
  }

  @Test
  void sameDiff() {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.FLOAT, -1, 4);
    SDVariable label = sd.placeHolder("label", DataType.FLOAT, -1, 3);
    SDVariable w = sd.var("w", Networks.gaussian(1, 4, 3).castTo(DataType.FLOAT));
    sd.loss.softmaxCrossEntropy("loss", label, in.mmul(w), null);
    sd.setTrainingConfig(
        TrainingConfig.builder()
            .updater(agc())
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    AgcSameDiffListener listener = new AgcSameDiffListener();
    sd.setListeners(listener);
    sd.fit(data());
    sd.fit(data());
    assertThat(AgcReport.of(sd).total().iterations()).isEqualTo(2);
  }
}
