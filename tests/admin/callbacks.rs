//! `/v1/callbacks`
