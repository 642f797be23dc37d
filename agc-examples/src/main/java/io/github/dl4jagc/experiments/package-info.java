/**
 * Programs that show what adaptive gradient clipping does, under one command: {@link
 * io.github.dl4jagc.experiments.Main}.
 */
package io.github.dl4jagc.experiments;
