/**
 * The example {@code nfresnet}: normalizer-free residual networks beside networks with batch
 * normalisation, over batch sizes, with and without adaptive gradient clipping.
 */
package io.github.dl4jagc.experiments.nfresnet;
