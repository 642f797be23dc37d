package io.github.dl4jagc.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {

  @TempDir Path folder;

  private Path file(String header, byte[] data) throws IOException {
    byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(buffer(8).putLong(text.length).array());
    bytes.write(text);
    bytes.write(data);
    return Files.write(folder.resolve("weights.safetensors"), bytes.toByteArray());
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] shorts(int... bits) {
    ByteBuffer buffer = buffer(2 * bits.length);
    Arrays.stream(bits).forEach(each -> buffer.putShort((short) each));
    return buffer.array();
  }

  @Test
  void arraysAreReadByNameWhateverTheirOrder() throws Exception {
    Path path =
        file(
            "{'__metadata__':{'format':'pt'},"
                + "'late':{'dtype':'F64','shape':[],'data_offsets':[24,32]},"
                + "'early':{'dtype':'F32','shape':[2,3],'data_offsets':[0,24]},"
                + "'none':{'dtype':'F32','shape':[0,4],'data_offsets':[24,24]}}  ",
            buffer(32)
                .putFloat(1)
                .putFloat(-2)
                .putFloat(0.1f)
                .putFloat(Float.MIN_VALUE)
                .putFloat(Float.NEGATIVE_INFINITY)
                .putFloat(Float.NaN)
                .putDouble(Math.PI)
                .array());
    try (SafeTensors tensors = SafeTensors.open(path)) {
      assertThat(tensors.names()).containsExactlyInAnyOrder("late", "early", "none");
      assertThat(tensors.shape("early")).containsExactly(2, 3);
      assertThat(tensors.values("early"))
          .containsExactly(1, -2, 0.1f, Float.MIN_VALUE, Double.NEGATIVE_INFINITY, Double.NaN);
      assertThat(tensors.shape("late")).isEmpty();
      assertThat(tensors.values("late")).containsExactly(Math.PI);
      assertThat(tensors.values("none")).isEmpty();
    }
  }

  /** Values of IEEE 754's binary16: smallest and largest of each kind. */
  @Test
  void halfPrecision() throws Exception {
    Path path =
        file(
            "{'x':{'dtype':'F16','shape':[10],'data_offsets':[0,20]}}",
            shorts(0x0000, 0x8000, 0x0001, 0x83ff, 0x0400, 0x3555, 0x3c00, 0xfbff, 0x7c00, 0x7e00));
    try (SafeTensors tensors = SafeTensors.open(path)) {
      assertThat(tensors.values("x"))
          .containsExactly(
              0.0,
              -0.0,
              Math.pow(2, -24),
              -1023 * Math.pow(2, -24),
              Math.pow(2, -14),
              0.333251953125,
              1,
              -65504,
              Double.POSITIVE_INFINITY,
              Double.NaN);
    }
  }

  /** The upper halves of floats. */
  @Test
  void brainFloats() throws Exception {
    Path path =
        file(
            "{'x':{'dtype':'BF16','shape':[5],'data_offsets':[0,10]}}",
            shorts(0x3f80, 0xc049, 0x0001, 0xff80, 0x7fc0));
    try (SafeTensors tensors = SafeTensors.open(path)) {
      assertThat(tensors.values("x"))
          .containsExactly(1, -3.140625, Math.pow(2, -133), Double.NEGATIVE_INFINITY, Double.NaN);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[1]| its header is not a JSON object",
        "{'x':| its header is not valid JSON",
        "{} 1| its header is not valid JSON",
        "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'x':{'dtype':'F32','shape':[0],'data_offsets':[8,8]}}|"
            + " its header is not valid JSON",
        "{'x':7}| its array 'x' must have a dtype, a shape and two data_offsets, and has not (at"
            + " character 5 of the header)",
        "{'x':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}| must have a dtype, a shape",
        "{'x':{'dtype':'F32','shape':[2],'data_offsets':[8]}}| must have a dtype, a shape",
        "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0.5,8]}}| must have a dtype, a shape",
        "{'x':{'dtype':'I64','shape':[1],'data_offsets':[0,8]}}| one of the types [F64, F32, F16,"
            + " BF16], got 'I64'",
        "{'x':{'shape':[1],'data_offsets':[0,8]}}| must have a dtype, a shape",
        "{'x':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}}| must have a dtype, a"
            + " shape",
        "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'more':1}}| must have a dtype, a"
            + " shape",
        "{'__metadata__':7}| its __metadata__ must be an object of strings",
        "{'__metadata__':{'format':{}}}| its __metadata__ must be an object of strings",
        "{'x':{'dtype':'F32','shape':[1000000000000000000],'data_offsets':[0,8]}}| must have a"
            + " dtype, a shape",
        "{'x':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}| of the type F32 and the shape [3]"
            + " cannot be the bytes [0, 8]",
        "{'x':{'dtype':'F32','shape':[4294967296,4294967296,2],'data_offsets':[0,8]}}| cannot be"
            + " the bytes [0, 8]",
        "{'x':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}| cannot be the bytes [8, 0]",
        "{'x':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}| must begin at byte 0, where the"
            + " one before it ends, got 4",
        "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}| its arrays take 4 bytes, and there"
            + " are 8",
        "{'x':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}| its arrays take 12 bytes, and"
            + " there are 8",
        "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'y':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}|"
            + " 'y' must begin at byte 8, where the one before it ends, got 4",
      })
  void damagedHeadersAreRefused(String header, String problem) throws Exception {
    Path path = file(header, new byte[8]);
    assertThatThrownBy(() -> SafeTensors.open(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "weights.safetensors", problem.replace('\'', '"'), "#weights-cannot-be-read");
  }

  @Test
  void filesThatEndTooEarlyAreRefused() throws Exception {
    byte[] whole =
        Files.readAllBytes(
            file("{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", new byte[8]));
    Path path = folder.resolve("cut.safetensors");
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafeTensors.open(path))
          .as("%d bytes", length)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cut.safetensors is not a whole safetensors file");
    }
  }

  private static String message(Path path) {
    Throwable refused = catchThrowable(() -> SafeTensors.open(path));
    assertThat(refused).isInstanceOf(IllegalArgumentException.class);
    return refused.getMessage();
  }

  @ParameterizedTest
  @CsvSource({
    "'PK\u0003\u0004\u0000\u0000\b\b\u0000\u0000', a zip archive, .pth",
    "'PK\u0003\u0004\u0000\u0000\u0000\u0000\u0000\u0000', a zip archive, .bin",
    "'\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j', a pickle, .pt",
    "'\u0089HDF\r\n\u001a\n\u0000', an HDF5 file, .h5",
    "'\u0093NUMPY\u0001\u0000v\u0000', a NumPy array, save_file",
    "'\u001f\u008b\b\u0000\u0000\u0000\u0000\u0000', packed by gzip, save_file",
    "version https://git-lfs.github.com/spec/v1, a large file, git lfs pull",
    "<!DOCTYPE html><html>, a web page, save_file",
  })
  void filesOfOtherFormatsAreCalledByTheirNames(String content, String format, String more)
      throws Exception {
    Path path = folder.resolve("weights.safetensors");
    Files.write(path, content.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(message(path)).contains("weights.safetensors is not", format, more);
  }

  @Test
  void headersAreNoLongerThanTheFormatAllows() throws Exception {
    Path path = folder.resolve("weights.safetensors");
    try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
      sparse.write(buffer(8).putLong(SafeTensors.LONGEST_HEADER + 1).array());
      sparse.setLength(8L + SafeTensors.LONGEST_HEADER + 1);
    }
    assertThat(message(path)).contains("100000001 bytes, and the format allows 100000000");
  }

  @Test
  @Timeout(10)
  void numbersOfAnyLengthAreRefusedInLinearTime() throws Exception {
    String digits = "9".repeat(8_000_000);
    Path path =
        file("{'x':{'dtype':'F32','shape':[1],'data_offsets':[0," + digits + "]}}", shorts());
    assertThat(message(path)).contains("its array \"x\" must have a dtype").hasSizeLessThan(1000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'x':%s}", "{'x':{'shape':%s}}", "{'__metadata__':{'x':%s}}", "%s"})
  void deepHeadersAreRefusedWithoutAStackOfTheirDepth(String header) throws Exception {
    String deep = "[".repeat(500_000) + "]".repeat(500_000);
    assertThat(message(file(String.format(header, deep), shorts()))).hasSizeLessThan(1000);
  }

  @Test
  void messagesQuoteNoMoreThanTheBeginning() throws Exception {
    String name = "n".repeat(200_000);
    String type = "{'x':{'dtype':'" + name + "','shape':[],'data_offsets':[0,0]}}";
    for (String header :
        List.of(
            type,
            type.replace("x", name),
            "{'" + name + "':7}",
            "{'" + name + "':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}}",
            "{'" + name + "':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
            "{'x':{'dtype':'F32','shape':[" + "1,".repeat(100_000) + "1],'data_offsets':[0,8]}}",
            "{'x':{'dtype':'F32','shape':[" + "1,".repeat(63) + "1],'data_offsets':[0,8]}}",
            "{" + name + "}")) {
      assertThat(message(file(header, shorts()))).hasSizeLessThan(1000);
    }
  }

  @Test
  void moreArraysThanAnyNetworkHasAreRefused() throws Exception {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i <= SafeTensorsHeader.MOST_ARRAYS; i++) {
      header.append(i == 0 ? "" : ",").append("'").append(i);
      header.append("':{'dtype':'F32','shape':[0],'data_offsets':[0,0]}");
    }
    assertThat(message(file(header + "}", shorts()))).contains("has more than 100000 arrays");
  }

  @Test
  void headersThatAreNotUtf8AreRefused() throws Exception {
    Path path = file("{'x", shorts(0xffff));
    byte[] bytes = Files.readAllBytes(path);
    Files.write(path, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 5).array());
    assertThat(message(path)).contains("its header is not valid JSON: it is not in UTF-8");
  }

  @Test
  void filesThatAreNotThereAreNamed() {
    Path path = folder.resolve("nowhere.safetensors");
    assertThatThrownBy(() -> SafeTensors.open(path))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("Cannot read the weights file " + path)
        .hasCauseInstanceOf(NoSuchFileException.class);
  }
}
