"""What `python -m scriven.emit` wrote: never edited by hand."""
