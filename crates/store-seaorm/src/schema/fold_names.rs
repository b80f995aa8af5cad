//! The versions that fold the names of all users: the one that lets them be searched for, and those after which names are
//! folded in another way.

use parlour_domain::fold;
use sea_orm::prelude::Uuid;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TransactionSession,
    TransactionTrait,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use super::Version;
use crate::row::user::{Column, Entity, folded};

/// Their rows are locked until the commit that they share: a node that serves meanwhile waits for it no longer than it waits
/// for any lock.
const USERS_AT_ONCE: u64 = 100;

/// A version after whose statements all names are folded as new ones are.
#[derive(Clone, Copy)]
pub(crate) struct FoldingNames(pub(super) Version);

impl MigrationName for FoldingNames {
    fn name(&self) -> &str {
        self.0.name()
    }
}

#[async_trait::async_trait]
impl MigrationTrait for FoldingNames {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.up(manager).await?;
        fold_names(manager.get_connection()).await
    }
}

/// What is folded of a user, beside its names. Columns of later versions are not there yet.
type Names = (Uuid, String, String, Option<String>, Option<String>);

/// Passes over what is folded already: on MySQL another node may have died half-way. A page shares one commit.
pub(super) async fn fold_names(db: &(impl ConnectionTrait + TransactionTrait)) -> Result<(), DbErr> {
    let mut after = None;
    loop {
        let mut page = Entity::find()
            .select_only()
            .columns([
                Column::Id,
                Column::Username,
                Column::DisplayName,
                Column::UsernameFolded,
                Column::DisplayNameFolded,
            ])
            .order_by_asc(Column::Id)
            .limit(USERS_AT_ONCE);
        if let Some(after) = after {
            page = page.filter(Column::Id.gt(after));
        }
        let users: Vec<Names> = page.into_tuple().all(db).await?;
        let Some((last, ..)) = users.last() else { return Ok(()) };
        after = Some(*last);
        let together = db.begin().await?;
        for (id, username, display_name, username_folded, display_name_folded) in users {
            let names = (Some(fold(&username)), Some(fold(&display_name)));
            if names == (username_folded, display_name_folded) {
                continue;
            }
            Entity::update_many()
                .col_expr(Column::UsernameFolded, folded(fold(&username)))
                .col_expr(Column::DisplayNameFolded, folded(fold(&display_name)))
                .filter(Column::Id.eq(id))
                // A node of the version before may serve still, and whoever is renamed there has it folded there.
                .filter(Column::DisplayName.eq(display_name))
                .exec(&together)
                .await?;
        }
        together.commit().await?;
    }
}
