package io.github.dl4jagc.internal.clip.host;

import static io.github.dl4jagc.internal.clip.host.HostUnits.CHUNK;

/**
 * The memory on the heap that one thread works in: a chunk of an array, and a value for each column
 * of a row of chunks. Sums of columns are zero but while they are added up.
 */
final class Chunks {

  /** Elements of a buffer: Java's buffers have no more than 2^31 bytes. */
  static final long WINDOW = 1 << 27;

  static final float[] FLOAT_ZEROS = new float[CHUNK];
  static final double[] DOUBLE_ZEROS = new double[CHUNK];

  /**
   * Elements behind the chunk, which the eighth of eight units may reach. Not a round number:
   * arrays a multiple of 4,096 bytes apart get in each other's way.
   */
  private static final int MORE = CHUNK + 160;

  final float[] floats = new float[CHUNK + MORE];
  final float[][] floatColumns;
  final double[] doubles = new double[CHUNK + MORE];
  final double[][] doubleColumns;

  /**
   * @param columns the most columns of an array, one at least
   */
  Chunks(int columns) {
    floatColumns = new float[(columns - 1) / CHUNK + 1][CHUNK + 32];
    doubleColumns = new double[floatColumns.length][CHUNK + 32];
  }
}
