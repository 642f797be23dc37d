/**
 * Programs to copy: each is one file of at most 80 lines, and runs as it is. What they show is in
 * the documentation; the experiments behind its figures are in the package {@code experiments}.
 */
package io.github.dl4jagc.examples;
