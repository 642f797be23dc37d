/**
 * The example {@code digits}: a residual network without normalisation learns real handwritten
 * digits, with and without adaptive gradient clipping, at learning rates from safe to far too
 * large.
 */
package io.github.dl4jagc.experiments.digits;
