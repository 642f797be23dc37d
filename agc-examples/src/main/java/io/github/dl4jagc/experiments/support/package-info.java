/** What the examples share: options, progress, output files, tables and pages. */
package io.github.dl4jagc.experiments.support;
