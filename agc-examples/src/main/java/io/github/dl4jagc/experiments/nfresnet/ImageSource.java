package io.github.dl4jagc.experiments.nfresnet;

import java.io.IOException;

/** Where images come from. */
interface ImageSource {

  /**
   * Reads the images.
   *
   * @param limit at most so many of those to train on
   * @throws IOException if they are missing or damaged; its message is for the user
   */
  ImageData read(int limit) throws IOException;
}
