package io.github.dl4jagc.experiments.nfresnet;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.bytedeco.leptonica.global.lept;
import org.datavec.api.split.FileSplit;
import org.datavec.image.loader.BaseImageLoader;
import org.datavec.image.loader.NativeImageLoader;

/**
 * A folder that has one folder for each class, with the images of that class. A fifth of the
 * images, chosen at random, are the test part.
 */
final class FolderSource implements ImageSource {

  private static final double TEST_SHARE = 0.2;
  private static final int CHANNELS = 3;

  private final Path folder;
  private final int side;

  /**
   * @param folder the folder of folders
   * @param side what height and width the images are scaled to, in pixels
   */
  FolderSource(Path folder, int side) {
    this.folder = folder;
    this.side = side;
  }

  @Override
  public ImageData read(int limit) throws IOException {
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
        files.stream()
            .map(FolderSource::folderName)
            .distinct()
            .sorted()
            .collect(Collectors.toList());
    if (classes.size() < 2) {
      throw new IOException("there must be at least 2 folders of images, got " + classes.size());
    }
    // What is wrong with an image is said by name, below.
    lept.setMsgSeverity(lept.L_SEVERITY_NONE);
    NativeImageLoader loader = new NativeImageLoader(side, side, CHANNELS);
    List<Example> examples = new ArrayList<>();
    for (File file : files) {
      examples.add(new Example(pixels(loader, file), classes.indexOf(folderName(file))));
    }
    Collections.shuffle(examples, new Random(ImageData.SPLIT_SEED));
    int testSize = Math.max(1, (int) Math.round(TEST_SHARE * examples.size()));
    int end = (int) Math.min(examples.size(), (long) testSize + limit);
    return new ImageData(
        folder.getFileName().toString(),
        new int[] {CHANNELS, side, side},
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
}
