//! The queries of the routes that answer in pages.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use parlour_domain::{RoomCursor, Seq, UserId};
use utoipa::IntoParams;

use super::cursor;
use crate::extract::QueryFields;
use crate::problem::Problem;

const DEFAULT_LIMIT: u32 = 200;
const HIGHEST_LIMIT: u32 = 1000;

/// The query of `GET /rooms`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListRoomsQuery {
    /// How many rooms to answer at most.
    #[param(minimum = 1, maximum = 1000, default = 200, required = false)]
    pub(crate) limit: u32,
    /// The `next_cursor` of the page before; absent for the first page.
    // The pattern tells the texts that `cursor` reads: 24 bytes in base64url that begin with the microseconds of an
    // instant before about the year 9800.
    #[param(
        value_type = String, required = false,
        min_length = 32, max_length = 32, pattern = "^A[A-Za-z0-3][A-Za-z0-9_-]{30}$"
    )]
    pub(crate) cursor: Option<RoomCursor>,
}

impl ListRoomsQuery {
    fn parse(query: &str) -> Result<Self, Problem> {
        let mut fields = QueryFields::parse(query)?;
        let limit = limit(&mut fields);
        let cursor = fields.read("cursor", cursor::read);
        fields.finish()?;
        Ok(Self { limit, cursor })
    }
}

/// The query of `GET /auth/blocks`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListBlocksQuery {
    /// How many users to answer at most.
    #[param(minimum = 1, maximum = 1000, default = 200, required = false)]
    pub(crate) limit: u32,
    /// The `next_cursor` of the page before; absent for the first page.
    // 16 bytes in base64url: of the last character only 2 bits count.
    #[param(
        value_type = String, required = false,
        min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{21}[AQgw]$"
    )]
    pub(crate) cursor: Option<UserId>,
}

impl ListBlocksQuery {
    fn parse(query: &str) -> Result<Self, Problem> {
        let mut fields = QueryFields::parse(query)?;
        let limit = limit(&mut fields);
        let cursor = fields.read("cursor", cursor::read_user);
        fields.finish()?;
        Ok(Self { limit, cursor })
    }
}

/// The query of `GET /inbox`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReadInboxQuery {
    /// The place up to which the caller has seen everything.
    #[param(
        value_type = u64, required = false, default = 0,
        format = "uint64", minimum = 0, maximum = 18446744073709551615_u64
    )]
    pub(crate) since: Seq,
    /// How many events to answer at most.
    #[param(minimum = 1, maximum = 1000, default = 200, required = false)]
    pub(crate) limit: u32,
}

impl ReadInboxQuery {
    fn parse(query: &str) -> Result<Self, Problem> {
        let mut fields = QueryFields::parse(query)?;
        let since = fields.number("since", 0..=u64::MAX).unwrap_or(0);
        let limit = limit(&mut fields);
        fields.finish()?;
        Ok(Self { since: Seq::new(since), limit })
    }
}

fn limit(fields: &mut QueryFields) -> u32 {
    let limit = fields.number("limit", 1..=u64::from(HIGHEST_LIMIT));
    limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT)
}

macro_rules! from_query {
    ($query:ident) => {
        impl FromRequest for $query {
            type Error = Problem;
            type Future = Ready<Result<Self, Problem>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(Self::parse(request.query_string()))
            }
        }
    };
}

from_query!(ListBlocksQuery);
from_query!(ListRoomsQuery);
from_query!(ReadInboxQuery);
