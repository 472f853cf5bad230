//! Lists that are searched: the snapshot says which few rows there are to read.

use phone::directory::finding::Wanted;
use phone::id::UserId;
use phone::numbers::E164;

use super::Access;

/// More than these are so many that the database meets a page of them soon.
const FEW_MAX: usize = 1_000;

impl Access {
    /// The people whose names contain this, if they are few; none leaves the search to the database.
    pub async fn few_people(&self, part: Option<&str>) -> Option<Vec<UserId>> {
        let part = part?;
        self.known_snapshot().await.ok()?.people_named(part, FEW_MAX)
    }

    /// The same of numbers.
    pub async fn few_numbers(&self, wanted: Wanted<'_>) -> Option<Vec<E164>> {
        if wanted == Wanted::default() {
            return None;
        }
        self.known_snapshot().await.ok()?.numbers_found(&wanted, FEW_MAX)
    }
}
