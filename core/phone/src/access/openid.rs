//! OpenID Connect: what a provider says of somebody, whether it is to be believed, and what they may do here for it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::limits::{GROUP_ROLES_MAX, NAME_CHARS_MAX, URL_CHARS_MAX};
use crate::rule::Broken;

/// Seconds that the clocks of a provider and of this server may be apart.
const LEEWAY_SECS: i64 = 60;
/// OpenID Connect Core 2: a subject has at most 255 characters.
const SUBJECT_CHARS_MAX: usize = 255;
/// Words of RFC 8176 for more than a password.
const STRONG_METHODS: [&str; 4] = ["hwk", "mfa", "otp", "sc"];

/// A provider that people of an organization, a reseller or the server sign in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Its address, exactly as it says it itself.
    pub issuer: String,
    /// What this server is to it.
    pub client_id: String,
    /// Whether who is not known here gets an account.
    pub creates_accounts: bool,
    /// What such an account may do, if no group says more.
    pub default_role: Option<String>,
    /// The claim that names somebody's groups.
    pub groups_claim: Option<String>,
    /// What members of a group may do.
    pub group_roles: Vec<GroupRole>,
}

/// What members of a group of a provider may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRole {
    /// The group, as the claim names it.
    pub group: String,
    /// The name of a role that every organization has, or the id of one of its own.
    pub role: String,
}

/// Somebody, as a provider says who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its own name for them, which never changes.
    pub subject: String,
    /// Their address, if the provider has made sure that it is theirs.
    pub verified_email: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// Their groups.
    pub groups: BTreeSet<String>,
    /// Whether they showed more than a password. RFC 8176.
    pub has_second_factor: bool,
}

/// Why an ID token is not believed. OpenID Connect Core 3.1.3.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Of somebody else.
    #[error("the token is another issuer's")]
    Issuer,
    /// For somebody else.
    #[error("the token is for another client")]
    Audience,
    /// It is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is of the future")]
    Early,
    /// It belongs to another sign-in.
    #[error("the token belongs to another sign-in")]
    Nonce,
    /// It names nobody.
    #[error("the token names nobody")]
    Subject,
}

/// What is wrong with a provider that is about to be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// The issuer is no address that can be trusted.
    #[error("an issuer is an https:// address without query, as the provider says it itself")]
    Issuer,
    /// The client id is empty or too long.
    #[error("a client id has 1 to {NAME_CHARS_MAX} characters")]
    ClientId,
    /// Accounts that could do nothing.
    #[error("accounts are made only with a role: say a default role, or a claim with groups and their roles")]
    NoRole,
    /// Roles of groups that no claim names.
    #[error("roles of groups need the claim that names the groups, and there are at most {GROUP_ROLES_MAX}")]
    Groups,
}

impl Provider {
    /// What is wrong with it. On a server that is tried out on one machine an issuer may be there, too, without TLS.
    pub fn fault(&self, may_be_plain: bool) -> Option<ProviderFault> {
        let rest = self.issuer.strip_prefix("https://").or_else(|| {
            let plain = self.issuer.strip_prefix("http://").filter(|_| may_be_plain)?;
            let is_here = |host: &&str| {
                plain.strip_prefix(*host).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
            };
            ["127.0.0.1", "localhost", "[::1]"].iter().any(is_here).then_some(plain)
        });
        let is_whole = rest.is_some_and(|rest| {
            !rest.is_empty() && !rest.contains(|letter: char| "?#@\\".contains(letter) || letter <= ' ')
        });
        if !is_whole || URL_CHARS_MAX < self.issuer.len() {
            return Some(ProviderFault::Issuer);
        }
        if !(1..=NAME_CHARS_MAX).contains(&self.client_id.trim().chars().count()) {
            return Some(ProviderFault::ClientId);
        }
        if (!self.group_roles.is_empty() && self.groups_claim.is_none()) || GROUP_ROLES_MAX < self.group_roles.len() {
            return Some(ProviderFault::Groups);
        }
        let gives_none = self.default_role.is_none() && self.group_roles.is_empty();
        (self.creates_accounts && gives_none).then_some(ProviderFault::NoRole)
    }

    /// Who the claims of a token are about, if they are to be believed. That the provider signed them was seen before.
    pub fn identity(&self, claims: &Value, nonce: &str, now: Timestamp) -> Result<Identity, TokenFault> {
        // No database keeps a NUL, and no provider means one.
        let text = |name: &str| claims[name].as_str().filter(|text| !text.contains('\0'));
        if text("iss") != Some(self.issuer.as_str()) {
            return Err(TokenFault::Issuer);
        }
        let audience = strings(&claims["aud"]);
        let party = text("azp");
        let is_for_us = audience.contains(self.client_id.as_str());
        let is_ours = party.map_or(audience.len() == 1, |party| party == self.client_id);
        if !is_for_us || !is_ours {
            return Err(TokenFault::Audience);
        }
        let now = now.as_second();
        if claims["exp"].as_f64().is_none_or(|until| until + LEEWAY_SECS as f64 <= now as f64) {
            return Err(TokenFault::Expired);
        }
        let is_early = |name: &str| claims[name].as_f64().is_some_and(|from| now as f64 + (LEEWAY_SECS as f64) < from);
        if claims["iat"].as_f64().is_none() || is_early("iat") || is_early("nbf") {
            return Err(TokenFault::Early);
        }
        if nonce.is_empty() || text("nonce") != Some(nonce) {
            return Err(TokenFault::Nonce);
        }
        let subject = text("sub").filter(|it| (1..=SUBJECT_CHARS_MAX).contains(&it.chars().count()));
        // Only a provider that says so in so many words has made sure of an address.
        let is_verified = claims["email_verified"] == Value::Bool(true);
        let groups = self.groups_claim.as_deref().map(|claim| strings(&claims[claim])).unwrap_or_default();
        Ok(Identity {
            subject: subject.ok_or(TokenFault::Subject)?.to_owned(),
            verified_email: text("email").filter(|_| is_verified).map(str::to_owned),
            name: text("name").map(str::to_owned),
            groups: groups.into_iter().map(str::to_owned).collect(),
            has_second_factor: strings(&claims["amr"]).iter().any(|method| STRONG_METHODS.contains(method)),
        })
    }

    /// What somebody may do whose account the provider made: what their groups may, or else what everybody may.
    pub fn roles_of(&self, identity: &Identity) -> BTreeSet<&str> {
        let of_groups = self.group_roles.iter().filter(|it| identity.groups.contains(&it.group));
        let roles: BTreeSet<&str> = of_groups.map(|it| it.role.as_str()).collect();
        if roles.is_empty() { self.default_role.as_deref().into_iter().collect() } else { roles }
    }

    /// Every role that it may give.
    pub fn roles(&self) -> BTreeSet<&str> {
        self.default_role.as_deref().into_iter().chain(self.group_roles.iter().map(|it| it.role.as_str())).collect()
    }
}

impl ProviderFault {
    /// The field that is wrong.
    pub fn field(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::ClientId => "client_id",
            Self::NoRole => "default_role",
            Self::Groups => "group_roles",
        }
    }
}

impl TokenFault {
    /// The same in words that stay.
    pub fn words(self) -> &'static str {
        match self {
            Self::Issuer => "the token is another issuer's",
            Self::Audience => "the token is for another client",
            Self::Expired => "the token has expired",
            Self::Early => "the token is of the future",
            Self::Nonce => "the token belongs to another sign-in",
            Self::Subject => "the token names nobody",
        }
    }
}

impl Broken for ProviderFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Issuer => "issuer.malformed",
            Self::ClientId => "client_id.malformed",
            Self::NoRole => "default_role.needed",
            Self::Groups => "groups_claim.needed",
        }
    }

    fn fix(&self) -> String {
        "look at what the provider shows for this client".to_owned()
    }

    fn is_conflict(&self) -> bool {
        false
    }
}

/// A claim that is one text or several.
fn strings(claim: &Value) -> BTreeSet<&str> {
    match claim {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        Value::String(one) => [one.as_str()].into(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => BTreeSet::new(),
    }
}
