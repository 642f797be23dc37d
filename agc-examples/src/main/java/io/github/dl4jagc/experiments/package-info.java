/**
 * The experiments behind the figures of the documentation, on one engine: networks x updaters x
 * clippings x learning rates x batch sizes x seeds. {@link io.github.dl4jagc.experiments.Main} runs
 * them; programs to copy are in the package {@code examples}.
 */
package io.github.dl4jagc.experiments;
