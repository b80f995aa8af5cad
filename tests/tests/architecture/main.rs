//! The shape of the workspace: what may depend on what, what lies where, and that the documents speak of what exists.

mod dependencies;
mod documents;
mod excerpts;
mod laws;
mod layout;
mod manifests;
mod sources;
