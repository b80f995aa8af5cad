//! The calls of ports, as a run makes them.

use std::fmt;

/// What a method of a port is called, and what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Method {
    pub(crate) port: &'static str,
    pub(crate) name: &'static str,
}

impl fmt::Display for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.port, self.name)
    }
}

/// The `nth` call of a method within one request, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) nth: usize,
    /// Whether it changes what is in a store.
    pub(crate) is_write: bool,
}

impl fmt::Display for Call {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} #{}", self.method, self.nth)
    }
}
