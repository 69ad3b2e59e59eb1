"""The storage underneath: whole handlers go in as functions, what they gave and emitted comes out."""
