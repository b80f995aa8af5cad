//! The body of `POST /rooms`, read field by field so that all that is wrong with it is reported at once.

use parlour_domain::{Fingerprint, InvalidInvitees, InvalidRoomName, Invitees, RoomName, RoomPlan, Ttl, UserId};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::RoomTypeDto;
use crate::extract::{FieldErrors, Given, JsonObject};
use crate::problem::Problem;

pub(super) const LONGEST_NAME: usize = 100;

/// A request for a room. Unknown members are ignored.
pub(crate) struct CreateRoomRequest {
    pub(crate) plan: RoomPlan,
    pub(crate) fingerprint: Fingerprint,
}

impl CreateRoomRequest {
    /// Reads what `caller` asks for.
    ///
    /// # Errors
    /// The problem `forbidden` when it names another creator, else `malformed-request` with every invalid field.
    pub(crate) fn parse(object: JsonObject, caller: UserId) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let fields = Fields::read(object, &mut errors);
        if fields.creator_id.valid().is_some_and(|&creator| creator != caller) {
            return Err(Problem::forbidden("creator_id must be the caller"));
        }
        let plan = fields.plan(caller, &mut errors);
        errors.into_result()?;
        let plan = plan.ok_or_else(|| Problem::internal("a request without a fault has no plan"))?;
        Ok(Self { plan, fingerprint: fields.fingerprint()? })
    }
}

/// The members of the body, each valid by itself or reported.
struct Fields {
    creator_id: Given<UserId>,
    participant_id: Given<UserId>,
    participant_ids: Given<Vec<UserId>>,
    room_type: Given<RoomTypeDto>,
    name: Given<RoomName>,
    ttl_seconds: Given<(i64, Ttl)>,
}

impl Fields {
    fn read(mut object: JsonObject, errors: &mut FieldErrors) -> Self {
        Self {
            creator_id: errors.read("creator_id", object.take("creator_id"), |value| user_id(&value)),
            participant_id: errors.read("participant_id", object.take("participant_id"), |value| user_id(&value)),
            participant_ids: object
                .take("participant_ids")
                .map_or(Given::Absent, |value| user_ids(&value, errors).map_or(Given::Wrong, Given::Valid)),
            room_type: errors.read("room_type", object.take("room_type"), |value| room_type(&value)),
            name: errors.read("name", object.take("name"), |value| room_name(&value)),
            ttl_seconds: errors.read("ttl_seconds", object.take("ttl_seconds"), |value| ttl(&value)),
        }
    }

    fn plan(&self, caller: UserId, errors: &mut FieldErrors) -> Option<RoomPlan> {
        let invitees = self.invitees(caller, errors);
        let kind = match self.room_type {
            Given::Absent => RoomTypeDto::Direct,
            Given::Wrong => return None,
            Given::Valid(kind) => kind,
        };
        if kind == RoomTypeDto::Direct && self.name.is_given() {
            errors.push("name", "must not be given for a direct room");
        }
        if kind != RoomTypeDto::Ephemeral && self.ttl_seconds.is_given() {
            errors.push("ttl_seconds", "must be given for an ephemeral room only");
        }
        let invitees = invitees?;
        let name = self.name.valid().cloned();
        match kind {
            RoomTypeDto::Direct => {
                RoomPlan::direct(invitees).inspect_err(|fault| errors.push("participant_ids", fault)).ok()
            }
            RoomTypeDto::Group => Some(RoomPlan::group(invitees, name)),
            RoomTypeDto::Ephemeral => {
                let ttl = self.ttl_seconds.valid().map_or_else(Ttl::default, |&(_, ttl)| ttl);
                Some(RoomPlan::ephemeral(invitees, name, ttl))
            }
        }
    }

    /// Those named by exactly one of the two members.
    fn invitees(&self, caller: UserId, errors: &mut FieldErrors) -> Option<Invitees> {
        match (self.participant_id.is_given(), self.participant_ids.is_given()) {
            (false, false) => errors.push("participant_id", "must be given unless participant_ids is"),
            (true, true) => errors.push("participant_ids", "must not be given together with participant_id"),
            (true, false) => {
                let one = vec![*self.participant_id.valid()?];
                return Invitees::parse(caller, one).inspect_err(|fault| errors.push("participant_id", fault)).ok();
            }
            (false, true) => {
                let many = self.participant_ids.valid()?;
                let invited = Invitees::parse(caller, many.clone());
                return invited.inspect_err(|fault| errors.push(guilty_item(fault, many, caller), fault)).ok();
            }
        }
        None
    }

    /// What tells this request from another under the same idempotency key: the members that were given, in one form
    /// whatever their order, letter case and white space were.
    fn fingerprint(&self) -> Result<Fingerprint, Problem> {
        let text = |id: &UserId| id.to_string();
        let canonical = Canonical {
            creator_id: self.creator_id.valid().map(text),
            participant_id: self.participant_id.valid().map(text),
            participant_ids: self.participant_ids.valid().map(|ids| ids.iter().map(text).collect()),
            room_type: self.room_type.valid().copied(),
            name: self.name.valid().map(RoomName::as_str),
            ttl_seconds: self.ttl_seconds.valid().map(|&(seconds, _)| seconds),
        };
        let bytes = serde_json::to_vec(&canonical).map_err(Problem::internal)?;
        Ok(Fingerprint::from_bytes(Sha256::digest(bytes).into()))
    }
}

/// Absent members are left out, so that one that is added later leaves the fingerprints of those without it.
#[derive(Serialize)]
struct Canonical<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    creator_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room_type: Option<RoomTypeDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl_seconds: Option<i64>,
}

fn guilty_item(fault: &InvalidInvitees, ids: &[UserId], caller: UserId) -> String {
    let last = |id: UserId| ids.iter().rposition(|other| *other == id);
    let item = match fault {
        InvalidInvitees::Empty | InvalidInvitees::TooMany => None,
        InvalidInvitees::Creator => last(caller),
        InvalidInvitees::Duplicate(id) => last(*id),
    };
    item.map_or_else(|| "participant_ids".to_owned(), |index| format!("participant_ids[{index}]"))
}

pub(super) fn user_id(value: &Value) -> Result<UserId, String> {
    let text = value.as_str().ok_or("must be a string")?;
    text.parse().map_err(|fault: parlour_domain::InvalidId| fault.to_string())
}

/// A list that is too long is not looked into: the answer would be longer than the request.
fn user_ids(value: &Value, errors: &mut FieldErrors) -> Option<Vec<UserId>> {
    let Some(items) = value.as_array() else {
        errors.push("participant_ids", "must be an array");
        return None;
    };
    if items.len() > Invitees::MOST {
        errors.push("participant_ids", InvalidInvitees::TooMany);
        return None;
    }
    let item = |(index, value)| match user_id(value) {
        Ok(id) => Some(id),
        Err(fault) => {
            errors.push(format!("participant_ids[{index}]"), fault);
            None
        }
    };
    let read: Vec<Option<UserId>> = items.iter().enumerate().map(item).collect();
    read.into_iter().collect()
}

fn room_type(value: &Value) -> Result<RoomTypeDto, &'static str> {
    let text = value.as_str().ok_or("must be a string")?;
    let known = RoomTypeDto::ALL.into_iter().find(|kind| kind.as_str() == text);
    known.ok_or("must be one of direct, group, ephemeral")
}

/// The limit holds before white space is trimmed, so that a schema can state it.
pub(super) fn room_name(value: &Value) -> Result<RoomName, String> {
    let text = value.as_str().ok_or("must be a string")?;
    if text.chars().count() > LONGEST_NAME {
        return Err(InvalidRoomName::TooLong.to_string());
    }
    RoomName::parse(text).map_err(|fault| fault.to_string())
}

fn ttl(value: &Value) -> Result<(i64, Ttl), String> {
    let number = value.as_number().ok_or("must be a number")?;
    let seconds = number.as_i64().or_else(|| whole(number.as_f64()?)).ok_or("must be a whole number of seconds")?;
    Ttl::parse(seconds).map(|ttl| (seconds, ttl)).map_err(|fault| fault.to_string())
}

/// JSON has one kind of number: `3600.0` and `3.6e3` are as whole as `3600`.
pub(super) fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0).then(|| format!("{number:.0}").parse().ok())?
}
