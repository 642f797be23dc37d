package io.github.dl4jagc.experiments.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class FashionMnistTest {

  private static final int IMAGES = 0x00000803;
  private static final int LABELS = 0x00000801;

  @TempDir private Path folder;

  /** Image {@code i} has a square of 2x2 pixels, at row and column 2 * i, and label i. */
  @BeforeEach
  void writeFiles() throws IOException {
    write("train-images-idx3-ubyte.gz", images(4));
    write("train-labels-idx1-ubyte.gz", labels(0, 1, 2, 3));
    write("t10k-images-idx3-ubyte.gz", images(2));
    write("t10k-labels-idx1-ubyte.gz", labels(9, 8));
  }

  private static byte[] images(int count) throws IOException {
    byte[] pixels = new byte[count * 784];
    for (int i = 0; i < count; i++) {
      for (int offset : new int[] {0, 1, 28, 29}) {
        pixels[i * 784 + 2 * i * 29 + offset] = (byte) 255;
      }
    }
    return idx(IMAGES, pixels, count, 28, 28);
  }

  private static byte[] labels(int... labels) throws IOException {
    byte[] bytes = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      bytes[i] = (byte) labels[i];
    }
    return idx(LABELS, bytes, labels.length);
  }

  private static byte[] idx(int magic, byte[] content, int... header) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(bytes)) {
      data.writeInt(magic);
      for (int size : header) {
        data.writeInt(size);
      }
      data.write(content);
    }
    return bytes.toByteArray();
  }

  private void write(String name, byte... content) throws IOException {
    try (OutputStream file = Files.newOutputStream(folder.resolve(name));
        OutputStream packed = name.endsWith(".gz") ? new GZIPOutputStream(file) : file) {
      packed.write(content);
    }
  }

  private Data read() throws IOException {
    return FashionMnist.read(folder);
  }

  @Test
  void packedFilesAreRead() throws IOException {
    Data data = read();
    assertThat(data.trainingSize()).isEqualTo(4);
    assertThat(NetworkTest.size(data.test())).isEqualTo(2);
    DataSet test = data.test().get(0);
    assertThat(test.getFeatures().shape()).containsExactly(2, 1, 14, 14);
    assertThat(test.getLabels().argMax(1).toIntVector()).containsExactly(9, 8);
    for (int image = 0; image < 2; image++) {
      INDArray pixels = test.getFeatures().slice(image).slice(0);
      assertThat(pixels.gt(0).castTo(pixels.dataType()).sumNumber().intValue()).isEqualTo(1);
      assertThat(pixels.getDouble(image, image)).isPositive();
    }
  }

  @Test
  void labelsStayWithTheirImages() throws IOException {
    DataSet all = read().minibatches(4, 1).get(0);
    int[] labels = all.getLabels().argMax(1).toIntVector();
    assertThat(labels).containsExactlyInAnyOrder(0, 1, 2, 3);
    for (int image = 0; image < 4; image++) {
      assertThat(all.getFeatures().getDouble(image, 0, labels[image], labels[image])).isPositive();
    }
  }

  @Test
  void eachPixelIsTheMeanOfASquareInUnitsOfTheDeviation() throws IOException {
    INDArray first = read().test().get(0).getFeatures().slice(0).slice(0);
    // One pixel of 196 is bright: in units of the deviation, sqrt(195) above the mean.
    assertThat(first.getDouble(0, 0)).isCloseTo(Math.sqrt(195), within(1e-3));
    assertThat(first.getDouble(0, 1)).isCloseTo(-1 / Math.sqrt(195), within(1e-4));
  }

  @Test
  void unpackedFilesAreReadWhereThereAreNoPackedOnes() throws IOException {
    Files.delete(folder.resolve("t10k-labels-idx1-ubyte.gz"));
    write("t10k-labels-idx1-ubyte", labels(5, 6));
    assertThat(read().test().get(0).getLabels().argMax(1).toIntVector()).containsExactly(5, 6);
  }

  private void assertRefused(String file, byte[] content, String... message) throws IOException {
    write(file, content);
    assertThatThrownBy(() -> read())
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(message)
        .hasMessageContaining(file);
  }

  @Test
  void filesOfAnotherFormatAreRefused() throws IOException {
    String images = "train-images-idx3-ubyte.gz";
    assertRefused(images, new byte[0], "must be an IDX file of unsigned bytes in 3 dimension(s)");
    assertRefused(images, labels(1, 2, 3), "must be an IDX file", "get it anew");
    assertRefused(
        images,
        idx(IMAGES, new byte[4 * 32 * 32], 4, 32, 32),
        "must have elements of shape [28, 28], got [32, 32]");
  }

  @Test
  void sizeThatIsNotTheOneOfTheHeaderIsRefused() throws IOException {
    String images = "t10k-images-idx3-ubyte.gz";
    byte[] whole = images(2);
    assertRefused(
        images,
        Arrays.copyOf(whole, whole.length - 1),
        "must have 1584 bytes for the 2 element(s) that it says it has, got 1583");
    assertRefused(images, Arrays.copyOf(whole, whole.length + 1), "got 1585");
    assertRefused(images, idx(IMAGES, new byte[0], 0, 28, 28), "0 element(s)");
    assertRefused(images, idx(IMAGES, new byte[784], -1, 28, 28), "-1 element(s)");
    assertRefused(
        images, idx(IMAGES, new byte[784], 0x7fffffff, 28, 28), "must have 1683627179264 bytes");
  }

  @Test
  void brokenArchiveIsRefused() throws IOException {
    Path file = folder.resolve("train-labels-idx1-ubyte.gz");
    byte[] packed = Files.readAllBytes(file);
    for (byte[] broken : new byte[][] {{}, {1, 2, 3}, Arrays.copyOf(packed, packed.length - 9)}) {
      Files.write(file, broken);
      assertThatThrownBy(() -> read())
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(file + " cannot be read", "get it anew");
    }
  }

  @Test
  void labelsThatDoNotFitAreRefused() throws IOException {
    assertRefused("t10k-labels-idx1-ubyte.gz", labels(1, 2, 3), "has 2 images", "has 3 labels");
    assertRefused("t10k-labels-idx1-ubyte.gz", labels(1, 10), "must be from 0 to 9, got 10");
    assertRefused("t10k-labels-idx1-ubyte.gz", labels(200, 1), "label 1 of", "got 200");
  }

  @Test
  void missingFileIsNamed() throws IOException {
    Files.delete(folder.resolve("t10k-images-idx3-ubyte.gz"));
    assertThatThrownBy(() -> read())
        .hasMessageStartingWith(
            folder.resolve("t10k-images-idx3-ubyte.gz") + " is missing; Debian");
  }
}
