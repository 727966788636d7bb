"""How far the recorder can be trusted: phenomena whose truth is known, held against what is heard of them."""
