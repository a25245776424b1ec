"""CSV into the catalogue: streamed, checked row by row, written in batches, the same again without harm."""
