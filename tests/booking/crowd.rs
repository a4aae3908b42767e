//! Many who want the same places, over real services.
