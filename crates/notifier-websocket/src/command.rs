//! What a client says: a JSON object with a `type`.

use parlour_domain::Seq;
use serde_json::{Map, Value};

/// A frame that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// The client has handled everything up to this place.
    Ack(Seq),
    /// The client is there.
    Heartbeat,
}

/// Why a frame is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The `error_code` of wire.
    pub(crate) code: &'static str,
    /// What is wrong with it.
    pub(crate) message: &'static str,
    /// The field that is wrong.
    pub(crate) field: Option<&'static str>,
    /// The client's own name for the frame.
    pub(crate) temp_id: Option<String>,
}

impl Refused {
    const fn new(code: &'static str, message: &'static str) -> Self {
        Self { code, message, field: None, temp_id: None }
    }

    const fn field(field: &'static str, message: &'static str) -> Self {
        Self { code: "invalid_field", message, field: Some(field), temp_id: None }
    }

    /// A binary message.
    pub(crate) const fn binary() -> Self {
        Self::new("invalid_json", "frame must be text, not binary")
    }
}

impl Command {
    /// Reads a text frame on a socket that was sent everything up to `sent`.
    pub(crate) fn parse(text: &str, sent: Seq) -> Result<Self, Refused> {
        let frame: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| Refused::new("invalid_json", "frame must be a JSON object"))?;
        Self::read(&frame, sent).map_err(|refused| Refused { temp_id: temp_id(&frame), ..refused })
    }

    fn read(frame: &Map<String, Value>, sent: Seq) -> Result<Self, Refused> {
        match frame.get("type") {
            None => Err(Refused::new("missing_type", "frame has no type")),
            Some(Value::String(name)) => match name.as_str() {
                "ack" => ack(frame, sent),
                "heartbeat" => heartbeat(frame),
                _ => Err(Refused::new("unknown_type", "frame type is unknown")),
            },
            Some(_) => Err(Refused::field("type", "must be a string")),
        }
    }
}

fn ack(frame: &Map<String, Value>, sent: Seq) -> Result<Command, Refused> {
    match frame.get("seq").and_then(Value::as_u64).map(Seq::new) {
        None => Err(Refused::field("seq", "must be a whole number from 0 on")),
        Some(seq) if seq > sent => Err(Refused::field("seq", "must not be beyond what this socket was sent")),
        Some(seq) => Ok(Command::Ack(seq)),
    }
}

fn heartbeat(frame: &Map<String, Value>) -> Result<Command, Refused> {
    match frame.get("timestamp") {
        None | Some(Value::Null | Value::String(_) | Value::Number(_)) => Ok(Command::Heartbeat),
        Some(_) => Err(Refused::field("timestamp", "must be a string or a number")),
    }
}

fn temp_id(frame: &Map<String, Value>) -> Option<String> {
    frame.get("temp_id").and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (&'static str, Option<&'static str>, Option<String>) {
        let refused = Command::parse(text, Seq::new(7)).unwrap_err();
        (refused.code, refused.field, refused.temp_id)
    }

    #[test]
    fn acks_up_to_what_was_sent_and_heartbeats_are_understood() {
        let parse = |text| Command::parse(text, Seq::new(7));
        assert_eq!(parse(r#"{"type":"ack","seq":0}"#), Ok(Command::Ack(Seq::ZERO)));
        assert_eq!(parse(r#"{"type":"ack","seq":7,"more":[1]}"#), Ok(Command::Ack(Seq::new(7))));
        for text in [r#"{"type":"heartbeat"}"#, r#"{"type":"heartbeat","timestamp":"x"}"#] {
            assert_eq!(parse(text), Ok(Command::Heartbeat), "{text}");
        }
        assert_eq!(parse(r#"{"type":"heartbeat","timestamp":17}"#), Ok(Command::Heartbeat));
    }

    #[test]
    fn an_ack_needs_a_whole_number_that_was_sent() {
        for seq in ["", r#","seq":null"#, r#","seq":"7""#, r#","seq":-1"#, r#","seq":1.5"#, r#","seq":8"#] {
            assert_eq!(refused(&format!(r#"{{"type":"ack"{seq}}}"#)), ("invalid_field", Some("seq"), None), "{seq}");
        }
        assert_eq!(refused(r#"{"type":"heartbeat","timestamp":{}}"#).1, Some("timestamp"));
    }

    #[test]
    fn what_is_no_object_with_a_type_is_refused() {
        for text in ["", "{", "[]", "null", "\"ack\"", r#"{"type":"ack"} x"#, &"[".repeat(60_000)] {
            assert_eq!(refused(text).0, "invalid_json");
        }
        assert_eq!(refused("{}").0, "missing_type");
        assert_eq!(refused(r#"{"type":7}"#), ("invalid_field", Some("type"), None));
    }

    #[test]
    fn a_type_that_does_not_exist_is_refused_with_its_temp_id() {
        for name in ["encrypted_message", "typing", "presence", "receipt", "room_created", ""] {
            let text = format!(r#"{{"type":"{name}","temp_id":"t-1"}}"#);
            assert_eq!(refused(&text), ("unknown_type", None, Some("t-1".to_owned())), "{name}");
        }
        assert_eq!(refused(r#"{"temp_id":"t-2"}"#).2, Some("t-2".to_owned()));
        assert_eq!(refused(r#"{"temp_id":3}"#).2, None);
    }
}
