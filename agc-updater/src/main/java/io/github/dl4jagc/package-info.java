/**
 * Adaptive gradient clipping (AGC) for Deeplearning4j: {@link
 * io.github.dl4jagc.AgcGradientNormalization} around any updater of a configuration, {@link
 * io.github.dl4jagc.AgcListener} to give it the weights and to report what it clips, and {@link
 * io.github.dl4jagc.Agc} for training loops of one's own.
 */
package io.github.dl4jagc;
