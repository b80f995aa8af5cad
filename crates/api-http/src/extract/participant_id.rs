//! The ids of a room and of somebody in it, in a path.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use parlour_domain::{RoomId, UserId};

use crate::problem::Problem;

/// The room and the user that the path names. A name that nothing can have gets the same kind of answer as one that
/// nothing has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ParticipantInPath {
    pub(crate) room: RoomId,
    pub(crate) user: UserId,
}

impl FromRequest for ParticipantInPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let segments = web::Path::<(String, String)>::from_request(request, payload).into_inner();
        ready(segments.map_err(|_| Problem::room_not_found()).and_then(|path| read(&path.0, &path.1)))
    }
}

fn read(room: &str, user: &str) -> Result<ParticipantInPath, Problem> {
    let room = room.parse().map_err(|_| Problem::room_not_found())?;
    let user = user.parse().map_err(|_| Problem::participant_not_found("no user has such an id"))?;
    Ok(ParticipantInPath { room, user })
}
