package io.github.dl4jagc.experiments.tasks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017; MIT licence): photographs of ten kinds of clothing, of
 * which the first 10,000 are trained on, and all 10,000 of the test part tested on. They are pooled
 * to half their height and width, a quarter of the work.
 */
public final class FashionMnist {

  /** Where Debian's package {@code dataset-fashion-mnist} has its files. */
  public static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");

  /** Height and width of an image in the files, and of a pooled one, in pixels. */
  static final int FILE_SIDE = 28;

  static final int SIDE = 14;
  static final int CLASSES = 10;
  static final int TRAINING_SIZE = 10_000;

  private static final int POOL = FILE_SIDE / SIDE;

  private FashionMnist() {}

  /**
   * Reads the images of a folder with {@code train-images-idx3-ubyte.gz} and so on, or the same
   * unpacked: [n, 1, 14, 14] of mean 0 and variance 1. The message of an IOException is for the
   * user.
   */
  static Data read(Path folder) throws IOException {
    return new Data(part(folder, "train", TRAINING_SIZE), part(folder, "t10k", Integer.MAX_VALUE))
        .standardized(0, 1, 2, 3);
  }

  /** The first {@code limit} examples of a part, or as many as there are. */
  private static Examples part(Path folder, String part, int limit) throws IOException {
    IdxFile images = open(folder, part + "-images-idx3-ubyte", FILE_SIDE, FILE_SIDE);
    IdxFile labels = open(folder, part + "-labels-idx1-ubyte");
    if (images.count != labels.count) {
      throw new IOException(
          String.format(
              "%s has %d images and %s has %d labels; get both from one place",
              images.path, images.count, labels.path, labels.count));
    }
    int count = Math.min(limit, images.count);
    float[][] pixels = new float[count][];
    float[][] classes = new float[count][CLASSES];
    for (int i = 0; i < count; i++) {
      int label = labels.bytes(i)[0] & 0xff;
      if (label >= CLASSES) {
        throw new IOException(
            String.format(
                "label %d of %s must be from 0 to %d, got %d; get the file anew",
                i + 1, labels.path, CLASSES - 1, label));
      }
      pixels[i] = pooled(images.bytes(i));
      classes[i][label] = 1;
    }
    return new Examples(
        Nd4j.create(pixels).reshape('c', count, 1, SIDE, SIDE), Nd4j.create(classes));
  }

  private static IdxFile open(Path folder, String file, int... shape) throws IOException {
    for (String suffix : List.of(".gz", "")) {
      Path path = folder.resolve(file + suffix);
      if (Files.isRegularFile(path)) {
        return IdxFile.read(path, shape);
      }
    }
    throw new IOException(
        folder.resolve(file + ".gz")
            + " is missing; Debian has the files as the package dataset-fashion-mnist, a folder is"
            + " named with --data-folder");
  }

  private static float[] pooled(byte... image) {
    float[] means = new float[SIDE * SIDE];
    for (int i = 0; i < image.length; i++) {
      int row = i / FILE_SIDE / POOL;
      int column = i % FILE_SIDE / POOL;
      means[row * SIDE + column] += (image[i] & 0xff) / (255f * POOL * POOL);
    }
    return means;
  }
}
