//! Finding text by a part of it, the same on both databases: SQLite's LIKE ignores the case of A to Z, PostgreSQL's does
//! not, and both give `%` and `_` a meaning that who types them into a search does not know.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, LikeExpr};

/// Texts that contain `part`, whatever the case of its letters A to Z.
pub(crate) fn contains<C: ColumnTrait>(column: C, part: &str) -> Expr {
    let pattern = format!("%{}%", escaped(&part.to_ascii_lowercase()));
    // Both databases leave other letters as they are: SQLite always, PostgreSQL in a column that is sorted as bytes.
    Expr::expr(Func::lower(Expr::col(column.as_column_ref()))).like(LikeExpr::new(pattern).escape(ESCAPE))
}

/// Texts that begin with `part`.
pub(crate) fn begins_with<C: ColumnTrait>(column: C, part: &str) -> Expr {
    Expr::col(column.as_column_ref()).like(LikeExpr::new(format!("{}%", escaped(part))).escape(ESCAPE))
}

const ESCAPE: char = '\\';

fn escaped(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    for letter in part.chars() {
        if matches!(letter, '%' | '_' | ESCAPE) {
            text.push(ESCAPE);
        }
        text.push(letter);
    }
    text
}
