package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** How many blocks a residual network has, and how wide they are: all but what is inside them. */
final class ResNetShape {

  /** The depths of the networks for images of ImageNet's size. */
  static final List<Integer> DEPTHS = List.of(26, 50, 101, 152, 200);

  private static final int[][] BLOCKS_BY_DEPTH = {
    {2, 2, 2, 2}, {3, 4, 6, 3}, {3, 4, 23, 3}, {3, 8, 36, 3}, {3, 24, 36, 3}
  };
  private static final int IMAGENET_WIDTH = 256;
  private static final int IMAGENET_STEM = 64;
  private static final int SMALL_STAGES = 3;
  private static final int BOTTLENECK = 4;
  private static final int SMALLEST_BOTTLENECK = 8;

  private final int stemChannels;
  private final boolean imageNetStem;
  private final List<Block> blocks;

  private ResNetShape(int stemChannels, boolean imageNetStem, List<Block> blocks) {
    this.stemChannels = stemChannels;
    this.imageNetStem = imageNetStem;
    this.blocks = Collections.unmodifiableList(blocks);
  }

  /**
   * Four stages of bottleneck blocks with 256 to 2048 channels.
   *
   * @param depth one of {@link #DEPTHS}
   * @throws IllegalArgumentException if it is not
   */
  static ResNetShape imageNet(int depth) {
    int known = DEPTHS.indexOf(depth);
    if (known < 0) {
      throw BAD_ARGUMENT.argument("depth must be one of {}, got {}", DEPTHS, depth);
    }
    return bottlenecks(IMAGENET_STEM, IMAGENET_WIDTH, BLOCKS_BY_DEPTH[known]);
  }

  /**
   * Stages of bottleneck blocks after the stem for ImageNet's size.
   *
   * @param stemChannels channels of the stem
   * @param width channels of the first stage, at least 8, twice as many in each further one; the
   *     inner convolutions of a block have a quarter
   * @param blocksByStage at least 1 each; of no more stages than have channels that are an {@code
   *     int}
   * @throws IllegalArgumentException if one is out of range
   */
  static ResNetShape bottlenecks(int stemChannels, int width, int... blocksByStage) {
    requireInRange("stem channels", stemChannels, 1, Integer.MAX_VALUE);
    int mostStages = Integer.numberOfLeadingZeros(SMALLEST_BOTTLENECK);
    requireInRange("the number of stages", blocksByStage.length, 1, mostStages);
    requireInRange(
        "width", width, SMALLEST_BOTTLENECK, Integer.MAX_VALUE >> (blocksByStage.length - 1));
    return new ResNetShape(stemChannels, true, blocks(stemChannels, width, true, blocksByStage));
  }

  /**
   * Three stages of two-convolution blocks with {@code width} to {@code 4 * width} channels.
   *
   * @param width channels of the stem and the first stage, at least 2: the shortcuts have 1x1
   *     convolutions, whose standardised filters need more than one weight; and not so large that
   *     the last stage's channels are no {@code int}
   * @param blocksPerStage at least 1
   * @throws IllegalArgumentException if one is out of range
   */
  static ResNetShape small(int width, int blocksPerStage) {
    requireInRange("width", width, 2, Integer.MAX_VALUE >> (SMALL_STAGES - 1));
    requireInRange("blocksPerStage", blocksPerStage, 1, Integer.MAX_VALUE);
    int[] counts = new int[SMALL_STAGES];
    Arrays.fill(counts, blocksPerStage);
    return new ResNetShape(width, false, blocks(width, width, false, counts));
  }

  private static List<Block> blocks(
      int stemChannels, int width, boolean bottleneck, int... countByStage) {
    List<Block> blocks = new ArrayList<>();
    int in = stemChannels;
    for (int stage = 1; stage <= countByStage.length; stage++) {
      int out = width << (stage - 1);
      for (int number = 1; number <= countByStage[stage - 1]; number++) {
        int stride = stage > 1 && number == 1 ? 2 : 1;
        blocks.add(new Block(stage, number, in, out, stride, bottleneck));
        in = out;
      }
    }
    return blocks;
  }

  private static void requireInRange(String name, int value, int smallest, int largest) {
    if (value < smallest || value > largest) {
      throw BAD_ARGUMENT.argument(
          "{} must be from {} to {}, got {}", name, smallest, largest, value);
    }
  }

  /** Channels of the first convolution. */
  int stemChannels() {
    return stemChannels;
  }

  /** Whether the stem is 7x7 with stride 2 and max pooling, not 3x3 with stride 1. */
  boolean hasImageNetStem() {
    return imageNetStem;
  }

  /** All blocks, in order. */
  List<Block> blocks() {
    return blocks;
  }

  /** A residual block. */
  static final class Block {

    private final int stage;
    private final int number;
    private final int in;
    private final int out;
    private final int stride;
    private final boolean bottleneck;

    Block(int stage, int number, int in, int out, int stride, boolean bottleneck) {
      this.stage = stage;
      this.number = number;
      this.in = in;
      this.out = out;
      this.stride = stride;
      this.bottleneck = bottleneck;
    }

    /** The name of the vertex that is the block's output, as in {@code stage2-block1}. */
    String name() {
      return "stage" + stage + "-block" + number;
    }

    /** From 1. */
    int stage() {
      return stage;
    }

    /** Of the blocks of its stage, from 1. */
    int number() {
      return number;
    }

    /** Channels of the output. */
    int channels() {
      return out;
    }

    /** Channels between a bottleneck's convolutions. */
    int innerChannels() {
      return out / BOTTLENECK;
    }

    /** Stride of the block's 3x3 convolution, or of its first one. */
    int stride() {
      return stride;
    }

    /** Whether the branch is 1x1, 3x3, 1x1 convolutions, and not twice 3x3. */
    boolean isBottleneck() {
      return bottleneck;
    }

    /**
     * Whether this is a transition block, which has a convolution in its shortcut: the first of a
     * stage, but where nothing changes in shape, as in the first stage of a small network.
     */
    boolean isTransition() {
      return number == 1 && (in != out || stride != 1);
    }
  }
}
