package io.github.dl4jagc.internal.clip.host;

/**
 * The memory on the heap that one thread works in: a chunk of an array, and a value for each column
 * of a row of chunks, which is zero but while sums are added up or columns are scaled.
 */
final class Chunks {

  /** Elements that are copied to the heap at once: a part of the smallest cache. */
  static final int CHUNK = 512;

  final float[] chunk = new float[CHUNK + 160];
  final float[][] columns;

  /**
   * @param columns the most columns of an array
   */
  Chunks(int columns) {
    this.columns = new float[columns / CHUNK + 1][CHUNK + 32];
  }
}
