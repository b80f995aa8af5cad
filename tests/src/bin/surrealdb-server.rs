//! A SurrealDB server of the version that Parlour embeds, for the tests of the remote engine.
//!
//! It ends when its standard input ends, so that it never outlives the test that has the other end, however that ends.
#![recursion_limit = "512"]

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    std::thread::spawn(|| {
        // Whether it is at its end or cannot be read: whoever held it is gone.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    surrealdb_server::init(surrealdb_server::core::CommunityComposer())
}
