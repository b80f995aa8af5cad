//! store-codec
