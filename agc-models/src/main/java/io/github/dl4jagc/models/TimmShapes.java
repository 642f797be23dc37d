package io.github.dl4jagc.models;

import io.github.dl4jagc.models.ResNetShape.Block;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names and shapes of the arrays that one of timm's NF-ResNets has. They come from its depth
 * and widths alone, so that a file can be compared with them before anything of that size is
 * allocated.
 */
final class TimmShapes {

  private final Map<String, long[]> shapes = new TreeMap<>();

  private TimmShapes() {}

  /**
   * @param shape the stem and the blocks, which are bottlenecks
   * @param channels of the images
   * @param classes of the head
   * @param skipInit whether each block has a learned scale
   * @return shapes by timm's names
   */
  static Map<String, long[]> of(ResNetShape shape, int channels, int classes, boolean skipInit) {
    TimmShapes arrays = new TimmShapes();
    arrays.convolution(TimmArray.STEM, shape.stemChannels(), channels, 7);
    int width = shape.stemChannels();
    for (Block block : shape.blocks()) {
      arrays.block(block, width, skipInit);
      width = block.channels();
    }
    arrays.put(TimmArray.HEAD + ".weight", classes, width);
    arrays.put(TimmArray.HEAD + ".bias", classes);
    return arrays.shapes;
  }

  private void block(Block block, int in, boolean skipInit) {
    String prefix = TimmArray.block(block.stage(), block.number());
    int inner = block.innerChannels();
    convolution(prefix + "conv1", inner, in, 1);
    convolution(prefix + "conv2", inner, inner, 3);
    convolution(prefix + "conv3", block.channels(), inner, 1);
    if (block.isTransition()) {
      convolution(prefix + "downsample.conv", block.channels(), in, 1);
    }
    if (skipInit) {
      put(prefix + TimmArray.SCALE);
    }
  }

  private void convolution(String name, int out, int in, int kernel) {
    put(name + ".weight", out, in, kernel, kernel);
    put(name + ".gain", out, 1, 1, 1);
    put(name + ".bias", out);
  }

  private void put(String name, long... shape) {
    shapes.put(name, shape);
  }
}
