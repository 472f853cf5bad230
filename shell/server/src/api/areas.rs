//! Which permissions an operation needs: the area that its path belongs to, and the object that it names.
//!
//! An operation whose path is not in the table is closed to everybody.

use axum::extract::{MatchedPath, RawPathParams};
use phone::access::{Area, Object};
use phone::id::{AttendantId, GroupId, QueueId};
use phone::numbers::E164;
use uuid::Uuid;

use super::{BASE, scim};
use crate::admin::{Asked, Subject};

/// Paths below an organization's or the server's, with all that is below them. The longest that fits counts.
pub const AREAS: &[(&str, Area)] = &[
    ("", Area::Tenants),
    ("accounts", Area::Accounts),
    ("api-keys", Area::ApiKeys),
    // As the import of apps, which makes queues as well.
    ("app-templates", Area::AutoAttendants),
    ("audio-files", Area::AudioFiles),
    ("audit", Area::Audit),
    ("auto-attendants", Area::AutoAttendants),
    ("call-blocks", Area::Routing),
    ("call-queues", Area::CallQueues),
    ("call-recordings", Area::CallRecordings),
    ("call-records", Area::CallRecords),
    ("calls", Area::Calls),
    ("calls/{call}/supervise", Area::CallSupervision),
    ("civic-addresses", Area::Sites),
    // What may be sold and moved there.
    ("country-profiles", Area::NumberStock),
    ("credit-vouchers", Area::Credits),
    ("credits", Area::Credits),
    // A department is what people's rows say.
    ("departments", Area::Users),
    ("devices", Area::Devices),
    ("dial-plans", Area::Routing),
    ("effective-policies", Area::Policies),
    ("events", Area::Audit),
    // Who may see attendants may see where they lead.
    ("explain", Area::AutoAttendants),
    ("flow-tests", Area::AutoAttendants),
    ("groups", Area::Groups),
    ("groups/{group}/licenses", Area::Licenses),
    ("health", Area::Health),
    ("license-plans", Area::LicensePlans),
    ("licenses", Area::Licenses),
    ("mails", Area::Voicemail),
    ("number-orders", Area::NumberOrders),
    ("number-quotas", Area::NumberQuotas),
    ("number-requests", Area::NumberOrders),
    ("number-reservations", Area::NumberOrders),
    ("number-stock", Area::NumberStock),
    ("numbers", Area::Numbers),
    ("openid-provider", Area::Accounts),
    ("operators", Area::Operators),
    ("orders", Area::Orders),
    ("penalties", Area::Penalties),
    ("permissions", Area::Roles),
    ("policies", Area::Policies),
    ("policy-locks", Area::Policies),
    ("policy-packages", Area::Policies),
    ("port-orders", Area::Ports),
    ("port-outs", Area::Ports),
    ("porting-pin", Area::Ports),
    ("pstn-usages", Area::Routing),
    ("rate-decks", Area::Credits),
    ("reports", Area::CallRecords),
    ("resellers", Area::Resellers),
    ("resellers/{reseller}/accounts", Area::Accounts),
    ("resellers/{reseller}/api-keys", Area::ApiKeys),
    ("resellers/{reseller}/openid-provider", Area::Accounts),
    ("resellers/{reseller}/sign-in-policy", Area::Accounts),
    ("resource-accounts", Area::ResourceAccounts),
    ("roles", Area::Roles),
    ("schedules", Area::Schedules),
    ("setup", Area::Setup),
    ("shared-mailboxes", Area::Voicemail),
    ("sign-in-policy", Area::Accounts),
    ("sites", Area::Sites),
    ("translation-rules", Area::Routing),
    ("trunks", Area::Trunks),
    ("unassigned-numbers", Area::Routing),
    ("users", Area::Users),
    ("users/{user}/licenses", Area::Licenses),
    ("users/{user}/voicemail", Area::Voicemail),
    ("voice-routes", Area::Routing),
    ("voice-routing-policies", Area::Policies),
    ("voicemail", Area::Voicemail),
    ("webhooks", Area::Webhooks),
];

/// What an operation is about; none if its path is in no area.
pub fn asked(path: &MatchedPath, params: &RawPathParams) -> Option<Asked> {
    let area = area(path.as_str())?;
    let subject = params.iter().find_map(|(name, value)| subject(area, name, value));
    Some(Asked { area, subject: subject.unwrap_or(Subject::Named(Object::Any)) })
}

/// The area of a described path, such as `/api/v1/tenants/{tenant}/numbers/{number}`.
pub fn area(path: &str) -> Option<Area> {
    if let Some(resource) = path.strip_prefix(scim::BASE) {
        return Some(if resource.starts_with("/Groups") { Area::Groups } else { Area::Users });
    }
    line(path).map(|(_, area)| *area)
}

/// The line of the table that a path is in.
pub fn line(path: &str) -> Option<&'static (&'static str, Area)> {
    let path = path.strip_prefix(BASE)?.trim_start_matches('/');
    let own = match path.strip_prefix("tenants") {
        Some(own) => own.trim_start_matches("/{tenant}").trim_start_matches('/'),
        None if path.is_empty() => return None,
        None => path,
    };
    let fits = |prefix: &str| own == prefix || own.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
    AREAS.iter().filter(|(prefix, _)| fits(prefix)).max_by_key(|(prefix, _)| prefix.len())
}

/// The object that a parameter of the path names, if narrow scopes are about its kind.
fn subject(area: Area, name: &str, value: &str) -> Option<Subject> {
    let id = || value.parse::<Uuid>().ok();
    let named = |object: Option<Object<'static>>| object.map(Subject::Named);
    match (area, name) {
        (Area::AutoAttendants, "attendant") => named(id().map(|id| Object::AutoAttendant(AttendantId(id)))),
        (Area::CallQueues, "queue") => named(id().map(|id| Object::CallQueue(QueueId(id)))),
        // SCIM names every object alike.
        (Area::Groups, "group" | "id") => named(id().map(|id| Object::Group(GroupId(id)))),
        (Area::Numbers, "number") => E164::parse_with_extension(value).ok().map(Subject::Number),
        (Area::Sites, "site") => Some(Subject::Site(value.to_owned())),
        (Area::Licenses | Area::Users | Area::Voicemail, "user") | (Area::Users, "id") => {
            Some(Subject::User(value.to_owned()))
        }
        _ => None,
    }
}
