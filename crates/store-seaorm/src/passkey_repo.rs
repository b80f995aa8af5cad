//! The passkeys. Whatever depends on a user or on their other passkeys locks the row of the user first.

mod work;

use async_trait::async_trait;
use parlour_domain::port::{AddPasskeyError, PasskeyRepo, ReadError, RegisterError, WriteError};
use parlour_domain::{CredentialId, Passkey, PasskeyRemoval, PasskeyUse, User, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

use self::work::{Added, Addition, Registration, Removal};
use crate::SqlStore;
use crate::classify::{Failure, statement_failed};
use crate::commit::Stop;
use crate::row::passkey::{Column, Entity, Model};
use crate::row::user;

#[async_trait]
impl PasskeyRepo for SqlStore {
    async fn register(&self, user: User, passkey: Passkey) -> Result<(), RegisterError> {
        let work = Registration { user: (&user).into(), passkey: (&passkey).into() };
        match self.writing().transact(&work).await {
            Ok(()) => Ok(()),
            Err(Stop::Conflict | Stop::AlreadyApplied) => self.judge_registration(&work).await,
            Err(stop) => Err(match stop.into_write_error() {
                WriteError::Unavailable(source) => RegisterError::Unavailable(source),
                WriteError::OutcomeUnknown(source) => RegisterError::OutcomeUnknown(source),
            }),
        }
    }

    async fn add(&self, passkey: Passkey) -> Result<(), AddPasskeyError> {
        let work = Addition { passkey: (&passkey).into() };
        let refusal = match self.writing().transact(&work).await {
            Ok(Added::Yes) => return Ok(()),
            Ok(Added::NoSuchUser) => AddPasskeyError::UserNotFound,
            Ok(Added::HandleDiffers) => AddPasskeyError::HandleDiffers,
            Err(Stop::Conflict | Stop::AlreadyApplied) => AddPasskeyError::CredentialTaken,
            Err(stop) => {
                return Err(match stop.into_write_error() {
                    WriteError::Unavailable(source) => AddPasskeyError::Unavailable(source),
                    WriteError::OutcomeUnknown(source) => AddPasskeyError::OutcomeUnknown(source),
                });
            }
        };
        let stored = self.stored_passkey(&work.passkey.id).await;
        let stored = stored.map_err(|error| AddPasskeyError::Unavailable(error.into()))?;
        if stored.as_ref() == Some(&work.passkey) { Ok(()) } else { Err(refusal) }
    }

    async fn find(&self, id: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        let row = self.stored_passkey(id.as_bytes()).await.map_err(Failure::from)?;
        Ok(row.map(Passkey::try_from).transpose().map_err(Failure::from)?)
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        let of_user = Entity::find().filter(Column::UserId.eq(user.as_uuid()));
        let mut rows = of_user.all(self.reading()).await.map_err(Failure::from)?;
        rows.sort_unstable_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
        Ok(rows.into_iter().map(Passkey::try_from).collect::<Result<_, _>>().map_err(Failure::from)?)
    }

    async fn record_use(&self, used: PasskeyUse) -> Result<bool, WriteError> {
        let PasskeyUse { id, expected, counter, material, at } = used;
        let change = Entity::update_many()
            .col_expr(Column::Counter, Expr::value(i64::from(counter)))
            .col_expr(Column::Material, Expr::value(material))
            .col_expr(Column::LastUsedAt, Expr::value(at.as_micros()))
            .filter(Column::Id.eq(id.as_bytes().to_vec()))
            .filter(Column::Counter.eq(i64::from(expected)));
        Ok(change.exec(self.writing()).await.map_err(statement_failed)?.rows_affected > 0)
    }

    async fn remove(&self, user: UserId, id: &CredentialId) -> Result<PasskeyRemoval, WriteError> {
        let work = Removal { user: user.as_uuid(), id: id.as_bytes().to_vec() };
        self.writing().transact(&work).await.map_err(Stop::into_write_error)
    }
}

impl SqlStore {
    async fn stored_passkey(&self, id: &[u8]) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(id.to_vec()).one(self.reading()).await
    }

    /// What it means that the user, the name or the passkey is there already.
    async fn judge_registration(&self, work: &Registration) -> Result<(), RegisterError> {
        let named = user::Entity::find().filter(user::Column::UsernameKey.eq(work.user.username_key.as_str()));
        let (user, passkey) = tokio::try_join!(named.one(self.reading()), self.stored_passkey(&work.passkey.id))
            .map_err(|error| RegisterError::Unavailable(error.into()))?;
        match (user, passkey) {
            (Some(user), Some(passkey)) if user == work.user && passkey == work.passkey => Ok(()),
            (Some(_), _) => Err(RegisterError::UsernameTaken),
            (None, Some(_)) => Err(RegisterError::CredentialTaken),
            (None, None) => {
                let taken = format!("another user has the id {}", work.user.id);
                Err(RegisterError::Unavailable(taken.into()))
            }
        }
    }
}
