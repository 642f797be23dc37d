/** The networks that the experiments train, and what they learn. */
package io.github.dl4jagc.experiments.tasks;
