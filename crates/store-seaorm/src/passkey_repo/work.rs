//! What takes more than one statement.

use async_trait::async_trait;
use parlour_domain::PasskeyRemoval;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, Insert, QueryFilter, QuerySelect};

use crate::commit::{Stop, Work};
use crate::connect::Transaction;
use crate::row::{passkey, user};

/// A user with their first passkey.
pub(super) struct Registration {
    pub(super) user: user::Model,
    pub(super) passkey: passkey::Model,
}

#[async_trait]
impl Work for Registration {
    type Done = ();

    async fn apply(&self, transaction: &Transaction) -> Result<(), Stop> {
        Insert::one(self.user.clone()).exec_without_returning(transaction).await?;
        Insert::one(self.passkey.clone()).exec_without_returning(transaction).await?;
        Ok(())
    }
}

/// What became of an addition.
pub(super) enum Added {
    Yes,
    NoSuchUser,
    HandleDiffers,
}

/// One more passkey of an active user.
pub(super) struct Addition {
    pub(super) passkey: passkey::Model,
}

#[async_trait]
impl Work for Addition {
    type Done = Added;

    async fn apply(&self, transaction: &Transaction) -> Result<Added, Stop> {
        if !locked_user(transaction, self.passkey.user_id).await?.is_some_and(|user| user.is_active) {
            return Ok(Added::NoSuchUser);
        }
        let of_user = passkey::Entity::find().filter(passkey::Column::UserId.eq(self.passkey.user_id));
        if of_user.one(transaction).await?.is_some_and(|other| other.user_handle != self.passkey.user_handle) {
            return Ok(Added::HandleDiffers);
        }
        Insert::one(self.passkey.clone()).exec_without_returning(transaction).await?;
        Ok(Added::Yes)
    }
}

/// The end of a passkey that is not its user's last.
pub(super) struct Removal {
    pub(super) user: Uuid,
    pub(super) id: Vec<u8>,
}

#[async_trait]
impl Work for Removal {
    type Done = PasskeyRemoval;

    async fn apply(&self, transaction: &Transaction) -> Result<PasskeyRemoval, Stop> {
        locked_user(transaction, self.user).await?;
        let of_user = passkey::Entity::find().filter(passkey::Column::UserId.eq(self.user));
        let own: Vec<Vec<u8>> = of_user.select_only().column(passkey::Column::Id).into_tuple().all(transaction).await?;
        if !own.contains(&self.id) {
            return Ok(PasskeyRemoval::NotFound);
        }
        if own.len() == 1 {
            return Ok(PasskeyRemoval::Last);
        }
        passkey::Entity::delete_by_id(self.id.clone()).exec(transaction).await?;
        Ok(PasskeyRemoval::Removed)
    }
}

/// The row of a user, which nobody else changes or locks before the end of the transaction.
async fn locked_user(transaction: &Transaction, id: Uuid) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(id).lock_exclusive().one(transaction).await
}
