//! Table `import_marks`: how far an import has come that was not finished; one row, or none.

use sea_orm::entity::prelude::*;

/// The id of the only row.
pub(crate) const ONLY: i32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_marks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// As `parlour_store_codec::encode_mark` has it.
    pub mark: Vec<u8>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
