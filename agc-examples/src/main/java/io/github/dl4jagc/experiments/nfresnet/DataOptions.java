package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.support.Arguments;
import io.github.dl4jagc.experiments.support.Converters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say what images are trained and tested on. */
final class DataOptions {

  private static final String FASHION = "fashion-mnist";

  /** Where Debian's package {@code dataset-fashion-mnist} has its files. */
  private static final Path FASHION_FOLDER = Path.of("/usr/share/datasets/fashion-mnist");

  private static final int FASHION_SIDE = 14;
  private static final int FASHION_IMAGES = 10_000;
  private static final int FOLDER_SIDE = 32;

  @Option(
      names = "--data",
      paramLabel = "<name or folder>",
      defaultValue = "digits",
      description =
          "digits (bundled), mnist, fashion-mnist, cifar10, or a folder that has a folder of images"
              + " for each class.%n  Default: digits")
  private String data;

  @Option(
      names = "--data-folder",
      paramLabel = "<folder>",
      description =
          "Where the files of mnist or fashion-mnist are (train-images-idx3-ubyte.gz and so on, or"
              + " unpacked).%n  Default: for fashion-mnist"
              + " /usr/share/datasets/fashion-mnist, the folder of Debian's package"
              + " dataset-fashion-mnist. DL4J downloads mnist and cifar10 where it has them not.")
  private Path dataFolder;

  @Option(
      names = "--image-size",
      paramLabel = "<pixels>",
      converter = Converters.WholeNumber.class,
      description =
          "Height and width that images of a folder, or of MNIST's files, are reduced to. Those of"
              + " files are 28 pixels; it must be a divisor of that.%n  Default: 32 for a folder,"
              + " 14 for fashion-mnist, a quarter of the work, 28 for mnist")
  private Integer imageSize;

  @Option(
      names = "--training-images",
      paramLabel = "<count>",
      converter = Converters.WholeNumber.class,
      description =
          "Trains on so many images at most.%n  Default: 10000 for fashion-mnist, else all")
  private Integer trainingImages;

  /** For picocli, which creates it. */
  DataOptions() {}

  /**
   * Reads the images.
   *
   * @throws picocli.CommandLine.ParameterException if they are missing, damaged, or not what an
   *     option says
   */
  ImageData read(Arguments arguments) {
    ImageSource source = source(arguments);
    try {
      return source.read(limit());
    } catch (IOException e) {
      throw arguments.invalid("--data", "cannot read '" + data + "': " + e.getMessage() + advice());
    }
  }

  private ImageSource source(Arguments arguments) {
    switch (data) {
      case "digits":
        return new DigitsSource();
      case "cifar10":
        return DownloadSource.CIFAR10;
      case "mnist":
        return dataFolder == null ? DownloadSource.MNIST : files(arguments, dataFolder);
      case FASHION:
        return files(arguments, dataFolder == null ? FASHION_FOLDER : dataFolder);
      default:
        Path folder = Path.of(data);
        if (!Files.isDirectory(folder)) {
          throw arguments.invalid(
              "--data",
              "must be digits, mnist, fashion-mnist, cifar10 or a folder, got '" + data + "'");
        }
        return new FolderSource(folder, side());
    }
  }

  private ImageSource files(Arguments arguments, Path folder) {
    if (IdxSource.SIDE % side() != 0) {
      throw arguments.invalid(
          "--image-size", String.format("must be a divisor of %d, got %d", IdxSource.SIDE, side()));
    }
    return new IdxSource(data, folder, side());
  }

  private String advice() {
    return data.equals(FASHION)
        ? "; Debian has the files as the package dataset-fashion-mnist, a folder is named with"
            + " --data-folder"
        : "";
  }

  private int side() {
    if (imageSize != null) {
      return imageSize;
    }
    switch (data) {
      case FASHION:
        return FASHION_SIDE;
      case "mnist":
        return IdxSource.SIDE;
      default:
        return FOLDER_SIDE;
    }
  }

  private int limit() {
    if (trainingImages != null) {
      return trainingImages;
    }
    return data.equals(FASHION) ? FASHION_IMAGES : Integer.MAX_VALUE;
  }

  /** What the results depend on, by the names of the options. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("--data", data);
    values.put("--training-images", limit() == Integer.MAX_VALUE ? "all" : String.valueOf(limit()));
    values.put("--image-size", String.valueOf(side()));
    return values;
  }
}
