"""Names that the parts of the plugin share."""

DATABASE = "galen"
"""Name of the snapshot's database in Datasette, whatever its file is called: part of every URL."""
