//! Places of documents and trunks that are shown, and policies of sites.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("documents", ColumnDef::new("place").big_integer().not_null().default(0).take()),
            ("documents", ColumnDef::new("name_key").string().not_null().default("").take()),
            ("policy_assignments", ColumnDef::new("site").uuid().take()),
        ];
        for (table, column) in columns {
            let mut alter = Table::alter();
            alter.table(table).add_column(column);
            manager.alter_table(alter).await?;
        }
        // Places are shown, and begin at 1.
        let shown = Query::update().table("trunks").value("preference", Expr::col("preference").add(1)).to_owned();
        manager.execute(shown).await?;
        let mut places = Index::create();
        places.name("documents_by_place").table("documents").col("tenant").col("kind").col("place").col("id");
        manager.create_index(places).await?;
        let mut names = Index::create();
        names.name("documents_by_name_key").table("documents").col("tenant").col("kind").col("name_key");
        manager.create_index(names).await?;
        let mut sites = Index::create();
        sites.name("policy_assignments_by_site").table("policy_assignments").col("site").col("kind").unique();
        manager.create_index(sites).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
