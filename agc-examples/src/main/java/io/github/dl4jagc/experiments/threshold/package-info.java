/** Choosing the clipping threshold: what would be clipped, and what comes of it. */
package io.github.dl4jagc.experiments.threshold;
