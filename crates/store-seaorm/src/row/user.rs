//! Table `users`.

use parlour_domain::port::Source;
use parlour_domain::{DisplayName, Timestamp, User, UserId, Username, fold};
use sea_orm::entity::prelude::*;

use super::CorruptRow;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub username: String,
    pub username_key: String,
    pub display_name: String,
    /// What the name is searched by; a row that an older program wrote has none, and is not found.
    pub username_folded: Option<String>,
    pub display_name_folded: Option<String>,
    pub is_active: bool,
    pub is_verified: bool,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&User> for Model {
    fn from(user: &User) -> Self {
        let User { id, username, display_name, is_active, is_verified, created_at } = user;
        Self {
            id: id.as_uuid(),
            username: username.to_string(),
            username_key: username.key().as_str().to_owned(),
            display_name: display_name.to_string(),
            username_folded: Some(fold(username.as_str())),
            display_name_folded: Some(fold(display_name.as_str())),
            is_active: *is_active,
            is_verified: *is_verified,
            created_at: created_at.as_micros(),
        }
    }
}

/// A name in folded form, to be written.
pub(crate) fn folded(name: String) -> Expr {
    Expr::value(Some(name))
}

impl TryFrom<Model> for User {
    type Error = CorruptRow;

    fn try_from(row: Model) -> Result<Self, CorruptRow> {
        let what = format!("user {}", row.id);
        parse(row).map_err(|source| CorruptRow::new(what, source))
    }
}

fn parse(row: Model) -> Result<User, Source> {
    let Model { id, username, username_key: _, display_name, is_active, is_verified, created_at, .. } = row;
    Ok(User {
        id: UserId::from_uuid(id),
        username: Username::parse(&username)?,
        display_name: DisplayName::parse(&display_name)?,
        is_active,
        is_verified,
        created_at: Timestamp::from_micros(created_at)?,
    })
}
