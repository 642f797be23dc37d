package io.github.dl4jagc.models;

import java.nio.ByteBuffer;
import java.util.function.ToDoubleFunction;

/** The types of the arrays in a safetensors file that weights may be of. */
enum TensorType {
  F64(8, ByteBuffer::getDouble),
  F32(4, ByteBuffer::getFloat),
  F16(2, bytes -> half(bytes.getShort())),
  BF16(2, bytes -> Float.intBitsToFloat(bytes.getShort() << 16));

  private final int bytes;
  private final ToDoubleFunction<ByteBuffer> next;

  TensorType(int bytes, ToDoubleFunction<ByteBuffer> next) {
    this.bytes = bytes;
    this.next = next;
  }

  /** How many an element takes. */
  int bytes() {
    return bytes;
  }

  /** The next element. */
  double next(ByteBuffer elements) {
    return next.applyAsDouble(elements);
  }

  /** One bit of sign, five of exponent, ten of fraction. */
  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double size;
    if (exponent == 0x1f) {
      size = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      size = Math.scalb((double) fraction, -24);
    } else {
      size = Math.scalb((double) (0x400 | fraction), exponent - 25);
    }
    return bits < 0 ? -size : size;
  }
}
