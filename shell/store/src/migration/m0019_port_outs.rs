//! Numbers that leave for other carriers, with the PIN that who asks for them must know, and numbers that organizations
//! ask operators for.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let steps = [
            steps("port_out_steps", "port_out", "port_outs"),
            steps("number_request_steps", "number_request", "number_requests"),
        ];
        for table in [porting_pins(), port_outs(), number_requests()].into_iter().chain(steps) {
            manager.create_table(table).await?;
        }
        for (table, column) in [("numbers", "port_out"), ("port_orders", "operator")] {
            let mut altered = Table::alter();
            altered.table(table).add_column(ColumnDef::new(column).uuid().take());
            manager.alter_table(altered).await?;
        }
        let indexes: [(&str, &str, &[&str]); 9] = [
            ("port_outs_by_tenant", "port_outs", &["tenant", "created_at"]),
            ("port_outs_by_state", "port_outs", &["state", "created_at"]),
            ("port_outs_by_operator", "port_outs", &["operator", "created_at"]),
            ("port_outs_by_time", "port_outs", &["state", "answer_by"]),
            ("port_out_steps_by_request", "port_out_steps", &["port_out", "at"]),
            ("number_requests_by_tenant", "number_requests", &["tenant", "created_at"]),
            ("number_requests_by_operator", "number_requests", &["operator", "created_at"]),
            ("number_request_steps_by_request", "number_request_steps", &["number_request", "at"]),
            ("port_orders_by_operator", "port_orders", &["operator", "created_at"]),
        ];
        for (name, table, columns) in indexes {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn porting_pins() -> TableCreateStatement {
    Table::create()
        .table("porting_pins")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null().unique_key())
        .col(ColumnDef::new("secret").blob().not_null())
        .col(ColumnDef::new("set_by").string().not_null())
        .col(ColumnDef::new("set_at").big_integer().not_null())
        .col(ColumnDef::new("n_wrong").big_integer().not_null())
        .col(ColumnDef::new("locked_until").big_integer())
        .foreign_key(ForeignKey::create().from("porting_pins", "tenant").to("tenants", "id"))
        .to_owned()
}

fn port_outs() -> TableCreateStatement {
    Table::create()
        .table("port_outs")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("operator").uuid())
        .col(ColumnDef::new("state").string().not_null())
        .col(ColumnDef::new("answer_by").big_integer().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("port_outs", "tenant").to("tenants", "id"))
        .to_owned()
}

fn number_requests() -> TableCreateStatement {
    Table::create()
        .table("number_requests")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("operator").uuid().not_null())
        .col(ColumnDef::new("state").string().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .foreign_key(ForeignKey::create().from("number_requests", "tenant").to("tenants", "id"))
        .to_owned()
}

/// What happened to the rows of another table, which the column `of` names.
fn steps(name: &'static str, of: &'static str, parent: &'static str) -> TableCreateStatement {
    let mut key = ForeignKey::create();
    key.from(name, of).to(parent, "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table(name)
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new(of).uuid().not_null())
        .col(ColumnDef::new("tenant").uuid().not_null())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .foreign_key(&mut key)
        .to_owned()
}
