/**
 * Normalizer-free residual networks, which adaptive gradient clipping was made for: {@link
 * io.github.dl4jagc.models.NfResNet} builds them, of layers that can be used by themselves.
 */
package io.github.dl4jagc.models;
