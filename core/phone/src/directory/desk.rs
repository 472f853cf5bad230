//! The security desk: who is told of a call for help, and joins it. Specification of numbers, 2.8.4

use super::Tenant;
use crate::id::UserId;
use crate::limits::DESK_PEOPLE_MAX;

impl Tenant {
    /// The people among those that an emergency policy names, by extension or address, without the one who calls.
    pub fn desk<'a>(&self, notified: impl IntoIterator<Item = &'a str>, caller: Option<UserId>) -> Vec<UserId> {
        let mut desk = Vec::new();
        for entry in notified {
            let of_address = |it: &str| it.eq_ignore_ascii_case(entry);
            let by_address = || self.users.values().find(|user| user.email.as_deref().is_some_and(of_address));
            let found = self.user_by_extension(entry).or_else(by_address).filter(|user| user.enabled);
            let found = found.map(|user| user.id).filter(|user| Some(*user) != caller && !desk.contains(user));
            desk.extend(found);
        }
        desk.truncate(DESK_PEOPLE_MAX);
        desk
    }

    /// Addresses for mail to those that an emergency policy names, each once.
    pub fn desk_addresses<'a>(&self, notified: impl IntoIterator<Item = &'a str> + Clone) -> Vec<String> {
        let plain = notified.clone().into_iter().filter(|entry| entry.contains('@')).map(str::to_owned);
        let of_people = self.desk(notified, None).into_iter().filter_map(|user| self.users.get(&user)?.email.clone());
        let mut addresses: Vec<String> = Vec::new();
        for address in plain.chain(of_people) {
            if !addresses.iter().any(|known| known.eq_ignore_ascii_case(&address)) {
                addresses.push(address);
            }
        }
        addresses
    }
}
