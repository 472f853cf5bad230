//! What lists of big organizations still counted or looked through: members of groups, and people of a department by
//! name.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut groups = Table::alter();
        groups.table("groups").add_column(ColumnDef::new("n_members").big_integer().not_null().default(0));
        manager.alter_table(groups).await?;
        let members = Query::select()
            .expr(Func::count(Expr::col("user")))
            .from("group_members")
            .and_where(Expr::col(("group_members", "group")).equals(("groups", "id")))
            .to_owned();
        let counted = Query::update().table("groups").value("n_members", SimpleExpr::from(members)).to_owned();
        manager.execute(counted).await?;
        let mut by_name = Index::create();
        by_name.name("users_by_department_name").table("users");
        for column in ["tenant", "department", "name_key", "id", "enabled", "site"] {
            by_name.col(column);
        }
        manager.create_index(by_name).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
