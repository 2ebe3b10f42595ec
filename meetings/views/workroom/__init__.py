"""`/bodies/<slug>/run/` and what lies behind it: meetings prepared, announced, moved, held."""
