package io.github.dl4jagc.experiments.nfresnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images in four files of MNIST's names and format, as Fashion-MNIST has them too: {@code
 * train-images-idx3-ubyte.gz} and so on, or the same unpacked.
 */
final class IdxSource implements ImageSource {

  /** Height and width of an image in the files, in pixels. */
  static final int SIDE = 28;

  private static final int CLASSES = 10;

  private final String name;
  private final Path folder;
  private final int side;

  /**
   * @param name what the data are called
   * @param folder where the files are
   * @param side height and width that the images are reduced to, a divisor of {@value #SIDE}: each
   *     pixel is the mean of a square of pixels
   */
  IdxSource(String name, Path folder, int side) {
    this.name = name;
    this.folder = folder;
    this.side = side;
  }

  @Override
  public ImageData read(int limit) throws IOException {
    return new ImageData(
        name, new int[] {1, side, side}, CLASSES, part("train", limit), part("t10k", -1));
  }

  /** The first {@code limit} examples of a part, or all if it is negative. */
  private List<Example> part(String part, int limit) throws IOException {
    IdxFile images = open(part + "-images-idx3-ubyte", SIDE, SIDE);
    IdxFile labels = open(part + "-labels-idx1-ubyte");
    if (images.count() != labels.count()) {
      throw new IOException(
          String.format(
              "%s has %d images and %s has %d labels; get both from one place",
              images.path(), images.count(), labels.path(), labels.count()));
    }
    int count = limit < 0 ? images.count() : Math.min(limit, images.count());
    List<Example> examples = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int label = labels.bytes(i)[0] & 0xff;
      if (label >= CLASSES) {
        throw new IOException(
            String.format(
                "label %d of %s must be from 0 to %d, got %d; get the file anew",
                i + 1, labels.path(), CLASSES - 1, label));
      }
      examples.add(new Example(reduced(images.bytes(i)), label));
    }
    return examples;
  }

  private IdxFile open(String file, int... shape) throws IOException {
    for (String suffix : List.of(".gz", "")) {
      Path path = folder.resolve(file + suffix);
      if (Files.isRegularFile(path)) {
        return IdxFile.read(path, shape);
      }
    }
    throw new IOException(folder.resolve(file + ".gz") + " is missing");
  }

  private float[] reduced(byte... image) {
    int square = SIDE / side;
    float[] means = new float[side * side];
    for (int i = 0; i < image.length; i++) {
      int row = i / SIDE / square;
      int column = i % SIDE / square;
      means[row * side + column] += (image[i] & 0xff) / (255f * square * square);
    }
    return means;
  }
}
