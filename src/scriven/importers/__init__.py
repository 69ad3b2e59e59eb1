"""Moving in: what other systems stored, read as records that `state.import` takes."""
