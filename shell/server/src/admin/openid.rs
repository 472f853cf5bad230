//! Signing in elsewhere: OpenID Connect, by authorization code with PKCE (RFC 7636).
//!
//! Between leaving and coming back nothing is kept here. The browser holds one random value in a cookie; `state`, `nonce`
//! and the PKCE verifier are derived from it, so that what comes back fits this browser or is refused.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use phone::access::account::email_key;
use phone::access::attempts::Suspect;
use phone::access::openid::{Identity, Provider};
use phone::access::session::Stage;
use phone::access::{Account, Assignment, BuiltIn, Grant, Grants, RoleRef, Scope as Part};
use phone::id::{AccountId, ResellerId, RoleId, TenantId};
use phone::rule::Broken as _;
use sha2::{Digest as _, Sha256};
use store::{AccountRow, Actor, ClientSecret, Credentials, Expected, Scope, TokenHash, Tx, Version};
use uuid::Uuid;

use super::governance::Governance;
use super::sign_in::Begun;
use super::signing::Asker;
use super::{Admin, Refused};
use crate::error::chain;
use crate::net::outward;
use crate::openid::{Exchange, ProviderError, Source};
use crate::secret::{Secret, random_secret};

/// How long somebody may take to sign in elsewhere.
pub const FLOW_SECS: i64 = 10 * 60;
/// Where providers send people back to, below the public URL.
pub const CALLBACK: &str = "/api/v1/sign-in/openid/callback";

/// Somebody is on the way to a provider.
pub struct Flow {
    /// What the browser holds meanwhile.
    pub cookie: Secret,
    /// Where it goes.
    pub location: String,
}

/// What a provider sends back.
pub struct Return<'a> {
    pub code: &'a str,
    pub state: &'a str,
    /// Who it says it is. RFC 9207
    pub issuer: Option<&'a str>,
    /// What the browser holds.
    pub cookie: &'a Secret,
}

/// What the browser holds, read.
struct Held {
    scope: Scope,
    text: String,
}

impl Governance {
    /// Where people sign in elsewhere, and whether this server proves itself there with a secret.
    pub async fn openid_provider(&self) -> Result<(Provider, bool, Version), Refused> {
        let found = self.store().openid_provider(self.scope).await?;
        let found = found.ok_or(Refused::NotFound { what: "OpenID provider" })?;
        let has_secret = self.store().openid_client_secret(self.scope).await?.is_some();
        Ok((found.value, has_secret, found.version))
    }

    /// Lets people sign in elsewhere. Who says where could sign in as anybody: only who may do everything does.
    pub async fn set_openid_provider(
        &self,
        provider: &Provider,
        secret: ClientSecret<'_>,
        expected: Expected,
    ) -> Result<Version, Refused> {
        self.check_may_do_all()?;
        let is_tried_out = self.admin.signing.public_url.is_loopback();
        if let Some(fault) = provider.fault(is_tried_out) {
            return Err(Refused::field(fault.field(), fault.code(), fault.to_string()));
        }
        // What is written as an address is judged at once; where a name leads, when it is asked.
        let reach = self.admin.signing.reach_of_provider(self.scope);
        if let Err(barred) = outward::allowed(reach, &provider.issuer) {
            let words = format!("{barred}: who runs the server may allow it with --private-openid");
            return Err(Refused::field("issuer", "issuer.not_public", words));
        }
        let mut tx = self.change().await?;
        let before = tx.openid_provider(self.scope).await?;
        let is_another = before.is_some_and(|before| before.value.issuer != provider.issuer);
        if is_another && secret == ClientSecret::Kept && self.store().openid_client_secret(self.scope).await?.is_some()
        {
            // It would be told to whoever the new issuer is.
            let words = "the secret that there is belongs to another issuer: say the new one's, or null for none";
            return Err(Refused::field("client_secret", "client_secret.needed", words));
        }
        if !provider.roles().is_empty() {
            let assignments = assignments(provider.roles())?;
            self.check_roles(&tx, &assignments, None).await?;
        }
        let version = tx.save_openid_provider(self.scope, provider, secret, expected).await?;
        tx.commit().await?;
        Ok(version)
    }

    /// Lets nobody sign in elsewhere any more.
    pub async fn delete_openid_provider(&self, expected: Expected) -> Result<(), Refused> {
        self.check_may_do_all()?;
        let mut tx = self.change().await?;
        tx.delete_openid_provider(self.scope, expected).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// What a provider has to be told.
    pub fn redirect_uri(&self) -> String {
        self.admin.redirect_uri()
    }

    fn check_may_do_all(&self) -> Result<(), Refused> {
        let all = Grant { permissions: BuiltIn::Administrator.permissions(), scope: Part::Tenant };
        Ok(self.grants.may_govern(&Grants(vec![all]))?)
    }
}

impl Admin {
    /// Sends a browser to the provider of an organization, of a reseller, or of the server.
    pub async fn begin_openid(self: &Arc<Self>, place: Option<&str>) -> Result<Flow, Refused> {
        let scope = match place {
            None => Scope::Platform,
            Some(name) => self.place(name).await?.ok_or_else(no_provider)?,
        };
        let provider = self.store.openid_provider(scope).await?.ok_or_else(no_provider)?.value;
        let now = Timestamp::now();
        let source = Source { issuer: &provider.issuer, reach: self.signing.reach_of_provider(scope) };
        let metadata = self.signing.providers.metadata(source, now).await?;
        let held = Held { scope, text: format!("{}.{}.{}", random_secret().expose(), written(scope), now.as_second()) };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(held.derived("verifier")));
        let redirect_uri = self.redirect_uri();
        let query = [
            ("response_type", "code"),
            ("client_id", &provider.client_id),
            ("redirect_uri", &redirect_uri),
            ("scope", "openid email profile"),
            ("state", &held.derived("state")),
            ("nonce", &held.derived("nonce")),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        let joint = if metadata.authorization_endpoint.contains('?') { '&' } else { '?' };
        let location = format!("{}{joint}{query}", metadata.authorization_endpoint);
        Ok(Flow { cookie: Secret::new(held.text), location })
    }

    /// Signs somebody in whom the provider sent back.
    pub async fn finish_openid(
        self: &Arc<Self>,
        back: &Return<'_>,
        asker: &Asker,
        replaced: Option<&TokenHash>,
    ) -> Result<Begun, Refused> {
        let (now, suspects) = (Timestamp::now(), [Suspect::address(asker.address)]);
        self.signing.begin_attempt(now, &suspects)?;
        let held = Held::read(back.cookie, now).ok_or_else(other_flow)?;
        // Of hashes, so that the time of the comparison tells nothing.
        if Sha256::digest(back.state) != Sha256::digest(held.derived("state")) {
            return Err(other_flow());
        }
        let provider = self.store.openid_provider(held.scope).await?.ok_or_else(no_provider)?.value;
        // What another provider sent here is not shown to this one.
        if back.issuer.is_some_and(|issuer| issuer != provider.issuer) {
            return Err(other_flow());
        }
        let secret = self.store.openid_client_secret(held.scope).await?.map(Secret::new);
        let source = Source { issuer: &provider.issuer, reach: self.signing.reach_of_provider(held.scope) };
        let metadata = self.signing.providers.metadata(source, now).await?;
        let exchange = Exchange {
            code: back.code,
            verifier: &held.derived("verifier"),
            redirect_uri: &self.redirect_uri(),
            client_id: &provider.client_id,
            client_secret: secret.as_ref(),
        };
        let token = self.signing.providers.redeem(source.reach, &metadata, &exchange).await?;
        let claims = self.signing.providers.claims(source, &token, now).await?;
        let identity = provider.identity(&claims, &held.derived("nonce"), now).map_err(|fault| Refused::NotProven {
            code: "openid.token_refused",
            detail: fault.words(),
            fix: "begin again; if it stays so, compare the clocks and the client id with the provider's",
        })?;
        let found = self.account_of(held.scope, &provider, &identity).await?;
        if !self.store.may_be_used(&found.row).await? {
            self.note_failure(Some(found.row), asker, "disabled");
            return Err(no_account());
        }
        self.signing.note_success(&suspects);
        // Who showed more than a password elsewhere is not asked again here.
        let stage = if identity.has_second_factor { Stage::Open } else { self.stage_after_password(&found).await? };
        let tx = self.change_of(&found.row).await?;
        self.begin_session(tx, found.row, stage, asker, replaced).await
    }

    /// The account of somebody: by the provider's name for them, then by an address that the provider made sure of, then a
    /// new one.
    async fn account_of(&self, scope: Scope, provider: &Provider, identity: &Identity) -> Result<Credentials, Refused> {
        let known = self.store.credentials_by_subject(scope, &provider.issuer, &identity.subject).await?;
        if let Some(known) = known {
            return self.follow(scope, provider, identity, known).await;
        }
        let Some(email) = &identity.verified_email else { return Err(unverified()) };
        let mut tx = self.store.begin(Actor::System, Timestamp::now()).await?;
        // Looked up in the change itself: who comes back in two tabs at once gets one account.
        let by_email = tx.account_by_email(scope, &email_key(email)).await?;
        let id = match by_email.map(|found| found.value) {
            Some(found) => {
                let id = found.account.id;
                match tx.openid_name(id).await? {
                    Some((issuer, subject)) if issuer == provider.issuer => {
                        // Somebody else there has this account: an address that changed hands opens nothing.
                        if subject != identity.subject {
                            return Err(no_account());
                        }
                    }
                    // Nobody has, or somebody of a provider that was here before.
                    Some(_) | None => {
                        let follows = found.follows_openid;
                        tx.link_openid(id, &provider.issuer, &identity.subject, follows).await?;
                    }
                }
                id
            }
            None if provider.creates_accounts => self.create(&mut tx, scope, provider, identity, email).await?,
            None => return Err(no_account()),
        };
        tx.commit().await?;
        self.store.credentials(id).await?.ok_or_else(no_account)
    }

    async fn create(
        &self,
        tx: &mut Tx,
        scope: Scope,
        provider: &Provider,
        identity: &Identity,
        email: &str,
    ) -> Result<AccountId, Refused> {
        let assignments = given(tx, scope, provider.roles_of(identity)).await?;
        if assignments.is_empty() {
            return Err(no_account());
        }
        let account = Account {
            id: AccountId(Uuid::now_v7()),
            email: email.trim().to_owned(),
            name: identity.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| email.to_owned()),
            person: None,
            enabled: true,
        };
        if account.fault().is_some() {
            return Err(no_account());
        }
        tx.save_account(scope, &account, &assignments, Expected::Absent).await?;
        tx.link_openid(account.id, &provider.issuer, &identity.subject, true).await?;
        Ok(account.id)
    }

    /// An account that the provider made may do what the provider says now.
    async fn follow(
        &self,
        scope: Scope,
        provider: &Provider,
        identity: &Identity,
        known: Credentials,
    ) -> Result<Credentials, Refused> {
        if !known.row.follows_openid || provider.group_roles.is_empty() {
            return Ok(known);
        }
        let wanted = assignments(provider.roles_of(identity))?;
        if !wanted.is_empty() && wanted == known.row.assignments {
            return Ok(known);
        }
        let mut tx = self.store.begin(Actor::System, Timestamp::now()).await?;
        // As it is now: what an administrator did to it a moment ago is not undone.
        let row = tx.account(scope, known.row.account.id).await?.ok_or_else(no_account)?.value;
        let assignments = given(&tx, scope, provider.roles_of(identity)).await?;
        if assignments != row.assignments {
            tx.save_account(scope, &row.account, &assignments, Expected::Any).await?;
            tx.commit().await?;
        }
        if assignments.is_empty() {
            return Err(no_account());
        }
        let row = AccountRow { assignments, ..row };
        Ok(Credentials { row, ..known })
    }

    /// What a name stands for where somebody signs in: an organization or a reseller, which have no names in common.
    pub(super) async fn place(&self, name: &str) -> Result<Option<Scope>, Refused> {
        let tenant = match name.parse() {
            Ok(id) => self.store.tenant(TenantId(id)).await?,
            Err(_) => self.store.tenant_by_slug(name).await?,
        };
        if let Some(tenant) = tenant {
            return Ok(Some(Scope::Tenant(tenant.value.profile.id)));
        }
        let reseller = self.store.reseller_by_slug(name).await?;
        Ok(reseller.map(|reseller| Scope::Reseller(reseller.value.id)))
    }

    fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK}", self.signing.public_url.as_str())
    }
}

impl Held {
    /// What a browser brings; none if it is malformed or too old.
    fn read(cookie: &Secret, now: Timestamp) -> Option<Self> {
        let text = cookie.expose().to_owned();
        let parts: Vec<&str> = text.split('.').collect();
        let [_, place, began] = parts[..] else { return None };
        let scope = match place.split_once('-').map(|(kind, id)| (kind, id.parse::<Uuid>())) {
            None if place == "server" => Scope::Platform,
            Some(("reseller", Ok(id))) => Scope::Reseller(ResellerId(id)),
            Some(("tenant", Ok(id))) => Scope::Tenant(TenantId(id)),
            Some(_) | None => return None,
        };
        let age = now.as_second().checked_sub(began.parse().ok()?)?;
        (0..FLOW_SECS).contains(&age).then_some(Self { scope, text })
    }

    fn derived(&self, purpose: &str) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!("openid {purpose} {}", self.text)))
    }
}

fn written(scope: Scope) -> String {
    match scope {
        Scope::Platform => "server".to_owned(),
        Scope::Reseller(id) => format!("reseller-{id}"),
        Scope::Tenant(id) => format!("tenant-{id}"),
    }
}

/// Roles by their names or ids, over the whole organization.
fn assignments<'a>(roles: impl IntoIterator<Item = &'a str>) -> Result<Vec<Assignment>, Refused> {
    let read = |role: &str| {
        let unknown = || Refused::field("group_roles", "role.unknown", format!("there is no role {role}"));
        let role = match BuiltIn::find(role) {
            Some(role) => RoleRef::BuiltIn(role),
            None => RoleRef::Custom(RoleId(role.parse().map_err(|_| unknown())?)),
        };
        Ok(Assignment { role, scope: Part::Tenant })
    };
    roles.into_iter().map(read).collect()
}

/// What a provider gives: a role that was deleted since gives nothing.
async fn given(tx: &Tx, scope: Scope, roles: BTreeSet<&str>) -> Result<Vec<Assignment>, Refused> {
    let mut given = assignments(roles)?;
    if let Scope::Tenant(tenant) = scope {
        let own = tx.roles(tenant).await?;
        given.retain(|it| match it.role {
            RoleRef::BuiltIn(_) => true,
            RoleRef::Custom(id) => own.iter().any(|role| role.id == id),
        });
    }
    Ok(given)
}

fn no_provider() -> Refused {
    Refused::NotFound { what: "OpenID provider" }
}

fn other_flow() -> Refused {
    Refused::NotProven {
        code: "openid.other_flow",
        detail: "this is not the answer to a sign-in that this browser began in the last ten minutes",
        fix: "begin again",
    }
}

fn unverified() -> Refused {
    Refused::NotProven {
        code: "openid.email_unverified",
        detail: "the provider has not made sure of the e-mail address, and this account was never used here",
        fix: "verify the address at the provider, or sign in here with a password",
    }
}

fn no_account() -> Refused {
    Refused::NotProven {
        code: "openid.no_account",
        detail: "there is no account here for who signed in there",
        fix: "ask an administrator for an account with the same e-mail address",
    }
}

impl From<ProviderError> for Refused {
    fn from(error: ProviderError) -> Self {
        tracing::warn!(error = chain(&error), "somebody could not sign in with OpenID Connect");
        match error.cause() {
            ProviderError::Barred { .. } | ProviderError::Lately { .. } => Self::NotProven {
                code: "openid.provider_not_public",
                detail: "the OpenID provider, or what it names, is where this server asks nobody: not public, or without TLS",
                fix: "let who runs the server allow it with --private-openid, or use a provider that everybody reaches",
            },
            ProviderError::Unreachable { .. } => Self::Unavailable { detail: "the OpenID provider does not answer" },
            ProviderError::Refused { .. } => Self::NotProven {
                code: "openid.provider_refused",
                detail: "the OpenID provider did not accept the sign-in",
                fix: "begin again; if it stays so, compare client id, secret and redirect address with the provider's",
            },
            ProviderError::Nonsense { .. } => Self::NotProven {
                code: "openid.provider_malformed",
                detail: "the OpenID provider does not answer as one does",
                fix: "compare the issuer with what the provider says it is; the log of the server says more",
            },
            ProviderError::Unsigned { .. } => Self::NotProven {
                code: "openid.token_unsigned",
                detail: "the token is not signed by the provider in a way that is taken",
                fix: "let the provider sign with RS256, PS256, ES256 or EdDSA",
            },
        }
    }
}
