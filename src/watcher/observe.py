"""One log line and the metrics from each report."""
