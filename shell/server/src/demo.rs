//! The demo organization: what `serve --demo` puts into an empty database.

mod apps;
mod credits;
mod people;

use jiff::Timestamp;
use phone::access::{self, Account, Assignment, BuiltIn, RoleRef};
use phone::id::{AccountId, TenantId};
use phone::people::license::{Enforcement, PartNumber, Subscription};
use phone::people::tenant::Profile;
use sha2::{Digest as _, Sha256};
use store::{Actor, Expected, NewApiToken, Scope, Store, TenantRow, TokenHash};
use uuid::Uuid;

use crate::passwords::Passwords;
use crate::secret::{Secret, random_secret};

/// The realm of the phones' passwords, and what stands after the `@`.
pub const SIP_DOMAIN: &str = "demo.test";
/// Who administers the demo, and the server that it is on.
pub const ADMIN: &str = "admin@demo.test";
/// What the demo's token and administrator may do.
const EVERYTHING: Assignment =
    Assignment { role: RoleRef::BuiltIn(BuiltIn::Administrator), scope: access::Scope::Tenant };
const LANGUAGE: &str = "en-US";

/// Secrets given from outside; those that are not are made up and shown once.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    pub password: Option<Secret>,
    pub token: Option<Secret>,
}

/// What was seeded, for the words at the first start.
#[derive(Debug)]
pub struct Seeded {
    /// Shown once; none if it was given.
    pub new_password: Option<Secret>,
    pub new_token: Option<Secret>,
}

/// Seeds the demo organization, all of it or nothing; none if something is there already.
pub async fn seed(
    store: &Store,
    secrets: Secrets,
    passwords: &Passwords,
    now: Timestamp,
) -> Result<Option<Seeded>, anyhow::Error> {
    if !store.is_empty().await? {
        return Ok(None);
    }
    let (password, new_password) = given_or_new(secrets.password);
    let (token, new_token) = given_or_new(secrets.token);
    let hash = passwords.hash(&password).await?;
    let mut tx = store.begin(Actor::System, now).await?;
    let tenant = TenantId(id("tenant"));
    let row = TenantRow {
        profile: profile(tenant),
        is_default: true,
        emergency_numbers: ["911", "112", "933"].map(str::to_owned).to_vec(),
        license_enforcement: Enforcement::Block,
        reseller: None,
    };
    tx.save_tenant(&row, Expected::Absent).await?;
    for (plan, seats) in people::SEATS {
        tx.save_subscription(tenant, &PartNumber(plan.to_owned()), &Subscription::open(seats), Expected::Absent)
            .await?;
    }
    for user in people::users(&password) {
        tx.save_user(tenant, &user, Expected::Absent).await?;
        let plans = people::licenses(&user);
        tx.save_direct_licenses(tenant, user.id, &plans).await?;
        tx.save_licenses(tenant, user.id, &plans).await?;
    }
    tx.save_trunk(tenant, &people::trunk(), 1, Expected::Absent).await?;
    tx.save_document(tenant, &apps::mailbox(), Expected::Absent).await?;
    tx.save_document(tenant, &apps::main_menu(), Expected::Absent).await?;
    for queue in [apps::sales(), apps::support()] {
        tx.save_document(tenant, &queue, Expected::Absent).await?;
    }
    for account in apps::resource_accounts() {
        tx.save_resource_account(tenant, &account, Expected::Absent).await?;
    }
    for number in people::numbers() {
        tx.save_number(tenant, &number, Expected::Absent).await?;
    }
    credits::seed(&mut tx, tenant).await?;
    let new = NewApiToken {
        name: "demo",
        scope: Scope::Platform,
        assignments: &[EVERYTHING],
        hash: TokenHash::of(token.expose()),
        expires_at: None,
    };
    tx.create_api_token(new).await?;
    let admin = Account {
        id: AccountId(id("admin")),
        email: ADMIN.to_owned(),
        name: "Administrator".to_owned(),
        person: None,
        enabled: true,
    };
    tx.save_account(Scope::Platform, &admin, &[EVERYTHING], Expected::Absent).await?;
    tx.set_password(admin.id, &hash, "set_up").await?;
    tx.commit().await?;
    Ok(Some(Seeded { new_password, new_token }))
}

fn given_or_new(given: Option<Secret>) -> (Secret, Option<Secret>) {
    match given {
        Some(secret) => (secret, None),
        None => {
            let secret = random_secret();
            (secret.clone(), Some(secret))
        }
    }
}

fn profile(id: TenantId) -> Profile {
    Profile {
        id,
        slug: "demo".to_owned(),
        name: "Demo".to_owned(),
        sip_domain: SIP_DOMAIN.to_owned(),
        time_zone: "America/New_York".to_owned(),
        country: "US".to_owned(),
        language: LANGUAGE.to_owned(),
        state: Default::default(),
        supervision_notice: Default::default(),
        number_pause: None,
        number_mails: Default::default(),
        fallback_operator: None,
    }
}

/// The same at each seeding, so that links and scripts survive a new data directory.
fn id(name: &str) -> Uuid {
    let hash: [u8; 32] = Sha256::digest(format!("trunkline demo {name}")).into();
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = hash;
    uuid::Builder::from_custom_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]).into_uuid()
}
