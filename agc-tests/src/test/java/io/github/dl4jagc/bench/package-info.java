/**
 * Benchmarks: what AGC costs, beside what it could cost at least and what others cost. Their
 * results and commands are in {@code docs/benchmarks.md}.
 */
package io.github.dl4jagc.bench;
