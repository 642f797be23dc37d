/** Reports: the file of figures, and the page with its charts. */
package io.github.dl4jagc.report;
