//! Finding text by a part of it, the same on both databases: SQLite's LIKE ignores the case of A to Z, PostgreSQL's does
//! not, and both give `%` and `_` a meaning that who types them into a search does not know.

use sea_orm::sea_query::{Expr, ExprTrait as _, LikeExpr};
use sea_orm::{ColumnTrait, Condition};

/// Texts that contain `part`. Both are without capital letters: to make them small for each row of a search takes longer
/// than to compare them.
pub(crate) fn contains<C: ColumnTrait>(column: C, part: &str) -> Expr {
    Expr::col(column.as_column_ref()).like(LikeExpr::new(format!("%{}%", escaped(part))).escape(ESCAPE))
}

/// Texts that begin with `part`: a span, to which an index leads; LIKE is looked at text by text.
pub(crate) fn begins_with<C: ColumnTrait>(column: C, part: &str) -> Condition {
    // Text is sorted as bytes, and no character has greater ones than the last.
    Condition::all().add(column.gte(part)).add(column.lt(format!("{part}{}", char::MAX)))
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
