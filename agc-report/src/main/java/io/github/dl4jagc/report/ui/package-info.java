/**
 * What AGC does, live in DL4J's training UI: a tab beside its others. Needs {@code
 * deeplearning4j-ui}, which this module does not bring along.
 */
package io.github.dl4jagc.report.ui;
