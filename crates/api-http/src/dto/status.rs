//! What the checks answer.

use serde::Serialize;
use utoipa::ToSchema;

/// The program runs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthDto {
    #[schema(pattern = "^ok$", example = "ok")]
    pub(crate) status: &'static str,
}

/// The program takes requests.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ready)]
pub(crate) struct ReadyDto {
    #[schema(pattern = "^ready$", example = "ready")]
    pub(crate) status: &'static str,
    pub(crate) ports: Ports,
}

/// Which ports answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Ports {
    pub(crate) user_store: PortState,
    pub(crate) room_store: PortState,
}

/// Whether a port answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PortState {
    Up,
    Down,
}
