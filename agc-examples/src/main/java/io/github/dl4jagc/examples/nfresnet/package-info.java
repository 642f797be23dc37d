/**
 * Normalizer-free residual networks: the layers they are made of, a builder for them, and the
 * experiment that shows what adaptive gradient clipping does for them.
 */
package io.github.dl4jagc.examples.nfresnet;
