//! What a counter-example says.

use std::fmt;

use crate::answer::Answer;

/// Something about which a store and the model do not agree.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    what: String,
    expected: String,
    seen: String,
}

impl Difference {
    pub(crate) fn new(what: &str, expected: &Answer, seen: &Answer) -> Self {
        let (expected, seen) = (expected.to_string(), seen.to_string());
        let same = expected.chars().zip(seen.chars()).take_while(|(one, other)| one == other).count();
        Self { what: what.to_owned(), expected: excerpt(&expected, same), seen: excerpt(&seen, same) }
    }

    /// The answers of racers, one below the other.
    pub(crate) fn between(what: &str, expected: &[Answer], seen: &[Answer]) -> Self {
        let listed = |answers: &[Answer]| -> String {
            let each = answers.iter().map(|answer| format!("\n      - {}", excerpt(&answer.to_string(), 0)));
            each.collect()
        };
        Self { what: what.to_owned(), expected: listed(expected), seen: listed(seen) }
    }

    /// The same about a race, of which no order explains the outcome.
    pub(crate) fn in_no_order(self) -> Self {
        Self { what: format!("no order of the race explains {}; in one of them", self.what), ..self }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, expected, seen } = self;
        write!(out, "{what}\n   model: {expected}\n   store: {seen}")
    }
}

/// What is around the first difference.
fn excerpt(text: &str, difference: usize) -> String {
    const BEFORE: usize = 200;
    const LONGEST: usize = 1_000;
    let start = difference.saturating_sub(BEFORE);
    let shown: String = text.chars().skip(start).take(LONGEST).collect();
    let is_cut = text.chars().nth(start + LONGEST).is_some();
    format!("{}{shown}{}", if start > 0 { "... " } else { "" }, if is_cut { " ..." } else { "" })
}
