//! An organization before anything is set up, for tests to add what they are about.

use std::collections::BTreeMap;
use std::sync::Arc;

use phone::directory::TenantParts;
use phone::people::tenant::Profile;

pub fn nothing_but(profile: Profile) -> TenantParts {
    TenantParts {
        profile,
        users: BTreeMap::new(),
        numbers: BTreeMap::new(),
        trunks: BTreeMap::new(),
        outbound_trunks: Vec::new(),
        lent: BTreeMap::new(),
        groups: BTreeMap::new(),
        resource_accounts: BTreeMap::new(),
        attendants: BTreeMap::new(),
        queues: BTreeMap::new(),
        schedules: BTreeMap::new(),
        mailboxes: BTreeMap::new(),
        personal_mailboxes: BTreeMap::new(),
        calling: Arc::default(),
        routing: Arc::default(),
        emergency_numbers: Vec::new(),
        country_profile: None,
    }
}
