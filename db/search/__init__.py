"""Search: `query` reads what people type, `builder` turns it and filters into SQL, `engine` ranks.

`text` is the form in which text is indexed; whoever writes `search_text` rows calls `index_text`.
"""
