package io.github.dl4jagc.experiments.nfresnet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.deeplearning4j.datasets.fetchers.DataSetType;
import org.deeplearning4j.datasets.fetchers.MnistDataFetcher;
import org.deeplearning4j.datasets.iterator.impl.Cifar10DataSetIterator;
import org.deeplearning4j.datasets.iterator.impl.MnistDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Sets of images that DL4J downloads where it has them not. */
enum DownloadSource implements ImageSource {
  /** 70,000 handwritten digits of 28x28 pixels. */
  MNIST {
    @Override
    public ImageData read(int limit) throws IOException {
      int count = Math.min(limit, MnistDataFetcher.NUM_EXAMPLES);
      int testCount = MnistDataFetcher.NUM_EXAMPLES_TEST;
      return new ImageData(
          "mnist",
          new int[] {1, 28, 28},
          CLASSES,
          examples(() -> mnist(count, true), count),
          examples(() -> mnist(testCount, false), testCount));
    }

    private DataSetIterator mnist(int count, boolean training) throws IOException {
      return new MnistDataSetIterator(
          BATCH, count, false, training, training, ImageData.SPLIT_SEED);
    }
  },

  /** 60,000 colour photographs of 32x32 pixels. */
  CIFAR10 {
    @Override
    public ImageData read(int limit) throws IOException {
      return new ImageData(
          "cifar10",
          new int[] {3, 32, 32},
          CLASSES,
          examples(() -> new Cifar10DataSetIterator(BATCH, DataSetType.TRAIN), limit),
          examples(() -> new Cifar10DataSetIterator(BATCH, DataSetType.TEST), Integer.MAX_VALUE));
    }
  };

  private static final int CLASSES = 10;
  private static final int BATCH = 500;

  /** The first {@code count} examples, or as many as there are. */
  private static List<Example> examples(Callable<DataSetIterator> source, int count)
      throws IOException {
    List<DataSet> batches = new ArrayList<>();
    try {
      DataSetIterator iterator = source.call();
      for (int read = 0; iterator.hasNext() && read < count; ) {
        batches.add(iterator.next());
        read += batches.get(batches.size() - 1).numExamples();
      }
    } catch (Exception e) { // DL4J's iterators throw whatever a download or a damaged file leads to
      throw new IOException(e.toString(), e);
    }
    List<Example> examples = Example.of(batches);
    return examples.subList(0, Math.min(count, examples.size()));
  }
}
