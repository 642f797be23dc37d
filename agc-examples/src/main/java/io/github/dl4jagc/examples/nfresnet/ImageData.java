package io.github.dl4jagc.examples.nfresnet;

import io.github.dl4jagc.examples.digits.Digits;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bytedeco.leptonica.global.lept;
import org.datavec.api.split.FileSplit;
import org.datavec.image.loader.BaseImageLoader;
import org.datavec.image.loader.NativeImageLoader;
import org.deeplearning4j.datasets.fetchers.DataSetType;
import org.deeplearning4j.datasets.fetchers.MnistDataFetcher;
import org.deeplearning4j.datasets.iterator.impl.Cifar10DataSetIterator;
import org.deeplearning4j.datasets.iterator.impl.MnistDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images and their classes in memory, a part to train on and a part to test on. Each channel has
 * mean 0 and variance 1 over the training part: what a network without normalisation expects.
 */
final class ImageData {

  private static final int READ_BATCH = 500;
  private static final int TEST_BATCH = 250;
  private static final long SPLIT_SEED = 42;
  private static final double TEST_SHARE = 0.2;
  private static final List<String> MNIST_FILES =
      List.of(
          "train-images-idx3-ubyte",
          "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte",
          "t10k-labels-idx1-ubyte");

  private final String name;
  private final int[] shape;
  private final int classes;
  private final List<Example> training;
  private final List<Example> test;

  private ImageData(
      String name, int[] shape, int classes, List<Example> training, List<Example> test) {
    this.name = name;
    this.shape = shape;
    this.classes = classes;
    this.training = training;
    this.test = test;
    standardize();
  }

  /**
   * 1797 handwritten digits of 8x8 pixels, which are bundled.
   *
   * @param limit at most so many training images
   */
  static ImageData digits(int limit) {
    Digits digits = Digits.load(SPLIT_SEED);
    int count = Math.min(limit, Digits.TRAINING_SIZE);
    return of(
        "digits",
        Digits.CLASSES,
        digits.minibatches(count, SPLIT_SEED).subList(0, 1),
        List.of(digits.test()),
        1,
        Digits.SIDE,
        Digits.SIDE);
  }

  /**
   * MNIST, or another set of images in files of its names and format, as Fashion-MNIST is.
   *
   * @param name {@code mnist}, which DL4J downloads, or {@code fashion-mnist}, which it does not
   * @param folder where the files are; {@code null} for DL4J's own folder
   * @param limit at most so many training images
   */
  static ImageData mnist(String name, Path folder, int limit) throws IOException {
    if (!"mnist".equals(name)) {
      requireFiles(name, folder);
    }
    File directory = folder == null ? null : folder.toFile();
    int count = Math.min(limit, MnistDataFetcher.NUM_EXAMPLES);
    int testCount = MnistDataFetcher.NUM_EXAMPLES_TEST;
    return of(
        name,
        10,
        read(
            () ->
                new MnistDataSetIterator(
                    READ_BATCH, count, false, true, true, SPLIT_SEED, directory)),
        read(
            () ->
                new MnistDataSetIterator(READ_BATCH, testCount, false, false, false, 0, directory)),
        1,
        28,
        28);
  }

  /** DL4J's iterator would fill an empty folder with MNIST. */
  private static void requireFiles(String name, Path folder) throws IOException {
    for (String file : MNIST_FILES) {
      if (folder == null || !Files.isRegularFile(folder.resolve(file))) {
        throw new IOException(
            "DL4J does not download "
                + name
                + ": unpack its files "
                + String.join(", ", MNIST_FILES)
                + " into a folder and name it with --data-folder"
                + (folder == null ? "" : "; " + folder.resolve(file) + " is missing"));
      }
    }
  }

  /**
   * CIFAR-10, which DL4J downloads.
   *
   * @param limit at most so many training images
   */
  static ImageData cifar10(int limit) throws IOException {
    List<Example> training =
        examples(read(() -> new Cifar10DataSetIterator(READ_BATCH, DataSetType.TRAIN), limit));
    return new ImageData(
        "cifar10",
        new int[] {3, 32, 32},
        10,
        training.subList(0, Math.min(limit, training.size())),
        examples(read(() -> new Cifar10DataSetIterator(READ_BATCH, DataSetType.TEST))));
  }

  /**
   * A folder that has one folder for each class, with the images of that class. A fifth of the
   * images, chosen at random, are the test part.
   *
   * @param folder the folder of folders
   * @param side what height and width the images are scaled to, in pixels
   * @param limit at most so many training images
   */
  static ImageData folder(Path folder, int side, int limit) throws IOException {
    // In the order of their names: that of the file system would make the split another on each.
    List<File> files =
        Arrays.stream(new FileSplit(folder.toFile(), BaseImageLoader.ALLOWED_FORMATS).locations())
            .map(File::new)
            .sorted()
            .collect(Collectors.toList());
    if (files.size() < 2) {
      throw new IOException(
          "there must be a folder of images for each class, got " + files.size() + " images");
    }
    List<String> classes =
        files.stream().map(ImageData::folderName).distinct().sorted().collect(Collectors.toList());
    if (classes.size() < 2) {
      throw new IOException("there must be at least 2 folders of images, got " + classes.size());
    }
    // What is wrong with an image is said by name, below.
    lept.setMsgSeverity(lept.L_SEVERITY_NONE);
    NativeImageLoader loader = new NativeImageLoader(side, side, 3);
    List<Example> examples = new ArrayList<>();
    for (File file : files) {
      examples.add(new Example(pixels(loader, file), classes.indexOf(folderName(file))));
    }
    Collections.shuffle(examples, new Random(SPLIT_SEED));
    int testSize = Math.max(1, (int) Math.round(TEST_SHARE * examples.size()));
    int end = (int) Math.min(examples.size(), (long) testSize + limit);
    return new ImageData(
        folder.getFileName().toString(),
        new int[] {3, side, side},
        classes.size(),
        examples.subList(testSize, end),
        examples.subList(0, testSize));
  }

  private static String folderName(File image) {
    return image.getParentFile().getName();
  }

  private static float[] pixels(NativeImageLoader loader, File image) throws IOException {
    try {
      return loader.asMatrix(image).data().asFloat();
    } catch (IOException | RuntimeException e) {
      throw new IOException(image + " is no image that can be read; mend it or take it away", e);
    }
  }

  private static ImageData of(
      String name, int classes, List<DataSet> training, List<DataSet> test, int... shape) {
    return new ImageData(name, shape, classes, examples(training), examples(test));
  }

  private static List<DataSet> read(Callable<DataSetIterator> source) throws IOException {
    return read(source, Integer.MAX_VALUE);
  }

  /** At least {@code count} examples, if there are so many. */
  private static List<DataSet> read(Callable<DataSetIterator> source, int count)
      throws IOException {
    try {
      List<DataSet> batches = new ArrayList<>();
      DataSetIterator iterator = source.call();
      for (int read = 0; iterator.hasNext() && read < count; ) {
        batches.add(iterator.next());
        read += batches.get(batches.size() - 1).numExamples();
      }
      return batches;
    } catch (Exception e) { // DL4J's iterators throw whatever a download or a damaged file leads to
      throw new IOException(e.toString(), e);
    }
  }

  private static List<Example> examples(List<DataSet> batches) {
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

  private void standardize() {
    int pixels = shape[1] * shape[2];
    for (int channel = 0; channel < shape[0]; channel++) {
      int start = channel * pixels;
      double sum = 0;
      double squares = 0;
      for (Example example : training) {
        for (int i = start; i < start + pixels; i++) {
          sum += example.pixels[i];
          squares += (double) example.pixels[i] * example.pixels[i];
        }
      }
      double count = (double) training.size() * pixels;
      double mean = sum / count;
      double deviation = Math.sqrt(Math.max(squares / count - mean * mean, 1e-12));
      for (List<Example> part : List.of(training, test)) {
        for (Example example : part) {
          for (int i = start; i < start + pixels; i++) {
            example.pixels[i] = (float) ((example.pixels[i] - mean) / deviation);
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
    List<Example> shuffled = new ArrayList<>(training);
    Collections.shuffle(shuffled, new Random(seed));
    return cut(shuffled, size);
  }

  /** The test part, in pieces. */
  List<DataSet> test() {
    return cut(test, TEST_BATCH);
  }

  private List<DataSet> cut(List<Example> examples, int size) {
    List<DataSet> batches = new ArrayList<>();
    for (int start = 0; start < examples.size(); start += size) {
      batches.add(toDataSet(examples.subList(start, Math.min(start + size, examples.size()))));
    }
    return batches;
  }

  private DataSet toDataSet(List<Example> examples) {
    int pixels = shape[0] * shape[1] * shape[2];
    float[] images = new float[examples.size() * pixels];
    float[] labels = new float[examples.size() * classes];
    for (int i = 0; i < examples.size(); i++) {
      System.arraycopy(examples.get(i).pixels, 0, images, i * pixels, pixels);
      labels[i * classes + examples.get(i).label] = 1;
    }
    return new DataSet(
        Nd4j.create(images, new long[] {examples.size(), shape[0], shape[1], shape[2]}, 'c'),
        Nd4j.create(labels, new long[] {examples.size(), classes}, 'c'));
  }

  /** One image, row by row and channel by channel, and its class. */
  private static final class Example {

    private final float[] pixels;
    private final int label;

    Example(float[] pixels, int label) {
      this.pixels = pixels;
      this.label = label;
    }
  }
}
