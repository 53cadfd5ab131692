//! The verdicts of a run, over a backend that answers what the test tells it.
