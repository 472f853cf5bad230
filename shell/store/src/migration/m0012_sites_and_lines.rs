//! Sites, which of a person's lines a number is, tags, and what a directory elsewhere calls people and groups.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("users", ColumnDef::new("site").uuid().take()),
            ("numbers", ColumnDef::new("site").uuid().take()),
            ("numbers", ColumnDef::new("category").string().not_null().default("primary").take()),
            ("numbers", ColumnDef::new("tags").text().take()),
        ];
        // SQLite adds one column at a time.
        for (table, column) in columns {
            let mut alter = Table::alter();
            alter.table(table).add_column(column);
            manager.alter_table(alter).await?;
        }
        for table in [sites(), number_tags(), scim_resources()] {
            manager.create_table(table).await?;
        }
        for (name, table, columns, unique) in INDEXES {
            let mut index = Index::create();
            index.name(*name).table(*table);
            for column in *columns {
                index.col(*column);
            }
            if *unique {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        categorize(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Name, table, columns, and whether they are unique.
type NewIndex = (&'static str, &'static str, &'static [&'static str], bool);

const INDEXES: &[NewIndex] = &[
    ("users_by_site", "users", &["tenant", "site", "extension"], false),
    ("numbers_by_site", "numbers", &["tenant", "site", "number"], false),
    ("number_tags_by_tag", "number_tags", &["tenant", "tag", "number"], false),
    ("sites_by_tenant_name", "sites", &["tenant", "name"], false),
    ("scim_resources_by_name", "scim_resources", &["tenant", "kind", "name_key"], true),
    ("scim_resources_by_external_id", "scim_resources", &["tenant", "kind", "external_id"], false),
];

/// Of the numbers that a person has so far, the lowest is the primary: calls showed it.
async fn categorize(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let of_people = || Expr::col("assignee_user").is_not_null();
    let all = Query::update().table("numbers").value("category", "alternate").and_where(of_people()).to_owned();
    manager.execute(all).await?;
    let lowest = Query::select()
        .expr(Expr::col("number").min())
        .from("numbers")
        .and_where(of_people())
        .group_by_col("assignee_user")
        .to_owned();
    let first = Query::update()
        .table("numbers")
        .value("category", "primary")
        .and_where(Expr::col("number").in_subquery(lowest))
        .to_owned();
    manager.execute(first).await
}

fn sites() -> TableCreateStatement {
    Table::create()
        .table("sites")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("country").string())
        .col(ColumnDef::new("time_zone").string())
        .col(ColumnDef::new("emergency_location").string())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("sites", "tenant").to("tenants", "id"))
        .to_owned()
}

fn number_tags() -> TableCreateStatement {
    Table::create()
        .table("number_tags")
        .col(ColumnDef::new("number").string().not_null())
        .col(ColumnDef::new("tag").string().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .primary_key(Index::create().col("number").col("tag"))
        .foreign_key(ForeignKey::create().from("number_tags", "tenant").to("tenants", "id"))
        .to_owned()
}

fn scim_resources() -> TableCreateStatement {
    Table::create()
        .table("scim_resources")
        .col(ColumnDef::new("object").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("kind").string().not_null())
        .col(ColumnDef::new("name").string())
        .col(ColumnDef::new("name_key").string())
        .col(ColumnDef::new("external_id").string())
        .foreign_key(ForeignKey::create().from("scim_resources", "tenant").to("tenants", "id"))
        .to_owned()
}
