//! The bodies of the requests about people and consent, and their answers.

use parlour_domain::usecase::BlockList;
use parlour_domain::{Block, ContactPolicy, DisplayName, InvalidContactPolicy, InvalidDisplayName, SearchQuery, User};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::create_room::whole;
use super::{UserDto, cursor};
use crate::extract::{FieldErrors, Given, JsonObject};
use crate::problem::Problem;

const LONGEST_DISPLAY_NAME: usize = 100;
const DEFAULT_FOUND: u32 = 10;
const MOST_FOUND: u32 = 50;

/// The body of `POST /auth/users/search`.
pub(crate) struct SearchUsersRequest {
    pub(crate) query: SearchQuery,
    pub(crate) limit: u32,
}

impl SearchUsersRequest {
    /// Reads what is asked for.
    ///
    /// # Errors
    /// The problem `malformed-request` with every missing or invalid field.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let query = errors.read("query", object.take("query"), |value| query(&value));
        let limit = errors.read("limit", object.take("limit"), |value| limit(&value));
        let query = errors.require("query", query);
        let limit = limit.valid().copied().unwrap_or(DEFAULT_FOUND);
        errors.into_value(query.map(|query| Self { query, limit }))
    }
}

fn query(value: &Value) -> Result<SearchQuery, String> {
    let text = value.as_str().ok_or("must be a string")?;
    SearchQuery::parse(text).map_err(|fault| fault.to_string())
}

fn limit(value: &Value) -> Result<u32, String> {
    let number = value.as_number().ok_or("must be a number")?;
    let limit = number.as_i64().or_else(|| whole(number.as_f64()?)).and_then(|limit| u32::try_from(limit).ok());
    let limit = limit.filter(|limit| (1..=MOST_FOUND).contains(limit));
    limit.ok_or_else(|| format!("must be a whole number from 1 to {MOST_FOUND}"))
}

/// The body of `PATCH /auth/me`: a JSON merge patch (RFC 7396).
pub(crate) struct RenameUserRequest {
    /// Absent when nothing is said of it.
    pub(crate) display_name: Option<DisplayName>,
}

impl RenameUserRequest {
    /// Reads what is asked for. A display name cannot be taken away.
    ///
    /// # Errors
    /// The problem `malformed-request` with every invalid field.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let name = errors.read("display_name", object.take_or_null("display_name"), |value| display_name(&value));
        errors.into_result()?;
        Ok(Self { display_name: name.valid().cloned() })
    }
}

/// The limit holds before white space is trimmed, so that a schema can state it.
fn display_name(value: &Value) -> Result<DisplayName, String> {
    let text = value.as_str().ok_or("must be a string")?;
    if text.chars().count() > LONGEST_DISPLAY_NAME {
        return Err(InvalidDisplayName::TooLong.to_string());
    }
    DisplayName::parse(text).map_err(|fault| fault.to_string())
}

/// The body of `PUT /auth/contact-policy`.
pub(crate) struct SetPolicyRequest {
    pub(crate) policy: ContactPolicy,
}

impl SetPolicyRequest {
    /// Reads what is asked for.
    ///
    /// # Errors
    /// The problem `malformed-request` when the policy is missing or invalid.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let policy: Given<ContactPolicy> = errors.read("rooms_from", object.take("rooms_from"), |value| {
            let text = value.as_str().ok_or_else(|| "must be a string".to_owned())?;
            text.parse().map_err(|fault: InvalidContactPolicy| fault.to_string())
        });
        let policy = errors.require("rooms_from", policy);
        errors.into_value(policy.map(|policy| Self { policy }))
    }
}

/// Users, in an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserList)]
pub(crate) struct UserListDto {
    users: Vec<UserDto>,
}

impl From<Vec<User>> for UserListDto {
    fn from(users: Vec<User>) -> Self {
        Self { users: users.into_iter().map(UserDto::from).collect() }
    }
}

/// Who may open rooms with the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactPolicy)]
pub(crate) struct ContactPolicyDto {
    #[schema(pattern = "^(everyone|shared_rooms|nobody)$", example = "everyone")]
    rooms_from: &'static str,
}

impl From<ContactPolicy> for ContactPolicyDto {
    fn from(policy: ContactPolicy) -> Self {
        Self { rooms_from: policy.as_str() }
    }
}

/// Somebody who is blocked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Block)]
pub(crate) struct BlockDto {
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-000000000002")]
    user_id: String,
    /// Empty for a user who is gone.
    #[schema(example = "bob")]
    username: String,
    #[schema(example = "Bob")]
    display_name: String,
    #[schema(format = DateTime, example = "2026-11-22T18:00:00.123456Z")]
    blocked_at: String,
}

impl From<(Block, Option<User>)> for BlockDto {
    fn from((block, user): (Block, Option<User>)) -> Self {
        let (username, display_name) = match user {
            Some(user) => (user.username.to_string(), user.display_name.to_string()),
            None => (String::new(), DisplayName::tombstone().to_string()),
        };
        Self { user_id: block.blocked.to_string(), username, display_name, blocked_at: block.at.to_string() }
    }
}

/// A page of those whom the caller blocks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlockList)]
pub(crate) struct BlockListDto {
    blocks: Vec<BlockDto>,
    /// Asks for the rest; null at the end.
    #[schema(required = true, example = json!(null))]
    next_cursor: Option<String>,
}

impl From<BlockList> for BlockListDto {
    fn from(list: BlockList) -> Self {
        let BlockList { blocks, next } = list;
        Self { blocks: blocks.into_iter().map(BlockDto::from).collect(), next_cursor: next.map(cursor::write_user) }
    }
}
