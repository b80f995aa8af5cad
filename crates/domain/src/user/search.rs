//! Searching for people by what they are called.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::User;

/// Why a text is no [`SearchQuery`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSearchQuery {
    /// Fewer than 2 characters, or nothing that could be searched for.
    #[error("must have at least {} characters", SearchQuery::SHORTEST)]
    TooShort,
    /// More than 50 characters.
    #[error("must have at most {} characters", SearchQuery::LONGEST)]
    TooLong,
}

/// How well a user matches; the order runs from the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SearchRank {
    /// The username is what was searched for.
    Exact,
    /// The username begins with it.
    UsernamePrefix,
    /// The display name begins with it.
    DisplayNamePrefix,
    /// The username contains it.
    UsernamePart,
    /// The display name contains it.
    DisplayNamePart,
}

/// What somebody searches for: 2 to 50 characters (Unicode scalar values), trimmed, in [folded](fold) form. No character
/// of it is a wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery(String);

impl SearchQuery {
    const SHORTEST: usize = 2;
    const LONGEST: usize = 50;

    /// Reads a query as somebody typed it.
    ///
    /// # Errors
    /// [`InvalidSearchQuery`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, InvalidSearchQuery> {
        let typed = text.trim();
        let length = typed.chars().count();
        if length < Self::SHORTEST {
            return Err(InvalidSearchQuery::TooShort);
        }
        if length > Self::LONGEST {
            return Err(InvalidSearchQuery::TooLong);
        }
        let folded = fold(typed);
        // Marks alone fold to nothing, which every name contains.
        if folded.is_empty() {
            return Err(InvalidSearchQuery::TooShort);
        }
        Ok(Self(folded))
    }

    /// The query in folded form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How well a user matches, by the [folded](fold) forms of the two names; `None` when not at all.
    #[must_use]
    pub fn rank(&self, user: &User) -> Option<SearchRank> {
        let (username, display_name) = (fold(user.username.as_str()), fold(user.display_name.as_str()));
        let query = self.0.as_str();
        let ranks = [
            (username == query, SearchRank::Exact),
            (username.starts_with(query), SearchRank::UsernamePrefix),
            (display_name.starts_with(query), SearchRank::DisplayNamePrefix),
            (username.contains(query), SearchRank::UsernamePart),
            (display_name.contains(query), SearchRank::DisplayNamePart),
        ];
        ranks.into_iter().find_map(|(matches, rank)| matches.then_some(rank))
    }
}

/// The form in which names are searched: compatibility decomposition (Unicode Standard Annex 15, NFKD) without combining
/// marks, in lower case, letter by letter. "Zoë" and "ZOE" are the same, and so are "Κώς" and "ΚΩΣ".
///
/// Stores keep what it answers: whoever changes it has to have them fold all names anew.
#[must_use]
pub fn fold(text: &str) -> String {
    let bare = text.nfkd().filter(|c| !is_combining_mark(*c));
    // Lower case may decompose again, as that of U+0130 does.
    bare.flat_map(char::to_lowercase).map(without_form).nfkd().filter(|c| !is_combining_mark(*c)).collect()
}

/// A sigma at the end of a word is the letter that it is elsewhere: a part of a word is searched for as it is typed.
const fn without_form(c: char) -> char {
    match c {
        'ς' => 'σ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DisplayName, Timestamp, UserId, Username};

    fn user(username: &str, display_name: &str) -> User {
        User {
            id: UserId::from_uuid(uuid::Uuid::nil()),
            username: Username::parse(username).unwrap(),
            display_name: DisplayName::parse(display_name).unwrap(),
            is_active: true,
            is_verified: false,
            created_at: Timestamp::from_micros(0).unwrap(),
        }
    }

    fn rank(query: &str, username: &str, display_name: &str) -> Option<SearchRank> {
        SearchQuery::parse(query).unwrap().rank(&user(username, display_name))
    }

    #[test]
    fn case_accents_and_width_do_not_count() {
        for text in ["Zoë", "ZOE", "zoe\u{308}", "ｚｏｅ"] {
            assert_eq!(fold(text), "zoe", "{text}");
        }
        assert_eq!(fold("İstanbul"), "istanbul");
    }

    #[test]
    fn a_sigma_is_the_same_letter_at_the_end_of_a_word_and_elsewhere() {
        for text in ["ΚΩΣ", "κως", "Κώς", "κωσ"] {
            assert_eq!(fold(text), "κωσ", "{text}");
        }
        assert_eq!(fold("Κώστας Σ."), "κωστασ σ.");
        assert_eq!(rank("ΚΩΣ", "Κώστας", "Kostas"), Some(SearchRank::UsernamePrefix));
        assert_eq!(rank("τασ", "kostas", "Κώστας"), Some(SearchRank::DisplayNamePart));
    }

    #[test]
    fn the_better_of_two_matches_counts() {
        assert_eq!(rank("ali", "ali", "Ali"), Some(SearchRank::Exact));
        assert_eq!(rank("ali", "alice", "Ali"), Some(SearchRank::UsernamePrefix));
        assert_eq!(rank("ali", "bob", "Ali Baba"), Some(SearchRank::DisplayNamePrefix));
        assert_eq!(rank("lic", "alice", "Felicia"), Some(SearchRank::UsernamePart));
        assert_eq!(rank("BABA", "bob", "Ali Bábá"), Some(SearchRank::DisplayNamePart));
        assert_eq!(rank("carol", "alice", "Alice"), None);
    }

    #[test]
    fn wildcards_are_letters_like_others() {
        assert_eq!(rank("%%", "alice", "Alice"), None);
        assert_eq!(rank("a_", "alice", "Alice"), None);
        assert_eq!(rank("_%", "alice", "100_% Alice"), Some(SearchRank::DisplayNamePart));
    }

    #[test]
    fn a_query_has_between_2_and_50_characters() {
        assert_eq!(SearchQuery::parse(" a "), Err(InvalidSearchQuery::TooShort));
        assert_eq!(SearchQuery::parse("\u{308}\u{301}"), Err(InvalidSearchQuery::TooShort));
        assert!(SearchQuery::parse(&"é".repeat(50)).is_ok());
        assert_eq!(SearchQuery::parse(&"é".repeat(51)), Err(InvalidSearchQuery::TooLong));
    }
}
