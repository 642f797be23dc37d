/**
 * Benchmarks: what AGC costs, beside what it could cost at least and what others cost. {@link
 * io.github.dl4jagc.bench.Benchmarks} runs all of them and writes {@code docs/benchmarks.md}.
 */
package io.github.dl4jagc.bench;
