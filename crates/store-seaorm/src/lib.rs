//! store-seaorm
