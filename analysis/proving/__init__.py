"""Whether the statistics keep their promise: coverage, levels, bias, and the worked examples."""
