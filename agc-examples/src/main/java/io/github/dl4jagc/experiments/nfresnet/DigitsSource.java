package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.digits.Digits;
import java.util.List;

/** 1797 handwritten digits of 8x8 pixels, which are bundled. */
final class DigitsSource implements ImageSource {

  @Override
  public ImageData read(int limit) {
    Digits digits = Digits.load(ImageData.SPLIT_SEED);
    int count = Math.min(limit, Digits.TRAINING_SIZE);
    return new ImageData(
        "digits",
        new int[] {1, Digits.SIDE, Digits.SIDE},
        Digits.CLASSES,
        Example.of(digits.minibatches(count, ImageData.SPLIT_SEED).subList(0, 1)),
        Example.of(List.of(digits.test())));
  }
}
