/**
 * Charts and tables for pages that need nothing else: static SVG and HTML, light or dark as the
 * reader likes it, with a description for who cannot see them. For the pages and programs of this
 * project: it may change with any version.
 */
package io.github.dl4jagc.report.chart;
