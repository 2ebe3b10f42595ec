"""`/minutes/…`: read, written section by section, checked, made final, published, corrected."""
