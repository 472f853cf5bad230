//! What an administrator sets of a trunk beside where it is: failover, identities, media, location, translation.
//! Specification of calling, 3.1.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::bounded::{Few, Text, Whole};
use crate::id::{SiteId, TranslationRuleId, TrunkId};
use crate::limits::{FAILOVER_CODES_MAX, TRUNK_RULES_MAX, USER_NUMBER_INBOUND_MAX, USER_NUMBER_OUTBOUND_MAX};
use crate::setting::{Kin, SettingFault, choices, merged, settings};

/// Translation rules in the order in which they are asked.
pub type Rules = Few<TranslationRuleId, TRUNK_RULES_MAX>;
/// Final status codes of SIP that refuse.
pub type StatusCodes = Few<Whole<400, 699>, FAILOVER_CODES_MAX>;

choices! {
    /// How much of the rules for session border controllers the other side is held to.
    TrunkProfile: Generic "generic", Strict "strict", Registering "registering";
    /// How the other side is known.
    TrunkAuth: Sources "sources", Digest "digest", MutualTls "mutual_tls";
    /// Whether sound goes past us.
    BypassMode: None "none", Always "always", OnlyForLocalUsers "only_for_local_users";
    /// The version of addresses.
    IpVersion: Ipv4 "ipv4", Ipv6 "ipv6";
    /// How keys that a caller presses travel.
    DtmfMode: Rfc4733 "rfc4733", Info "info", Inband "inband";
    /// Whose sound is heard before the call is answered.
    EarlyMedia: FirstSource "first_source", All "all", Off "off";
    /// Whether a call that went away unnoticed ends by itself.
    SessionTimer: Off "off", Offer "offer", Require "require";
    /// Whether provisional answers are acknowledged.
    Prack: Off "off", Supported "supported", Required "required";
    /// What becomes of identities where a caller wants to be anonymous.
    PrivacyPolicy: Keep "keep", Anonymize "anonymize", Remove "remove";
    /// How numbers that no translation rule matches are written.
    NumberFormat: E164Plus "e164_plus", E164 "e164", National "national", Raw "raw";
    /// What the other side hears and sees while it is on hold.
    HoldMode: SendOnly "sendonly", Inactive "inactive", LocalMusic "local_moh";
    /// Where the name of a caller is read.
    CallerNameSource: Display "display", AssertedIdentity "asserted_identity", None "none";
    /// How faxes travel.
    FaxMode: T38 "t38", Passthrough "passthrough", Off "off";
    /// Whether callers' numbers are signed and signatures checked.
    StirShaken: Off "off", Verify "verify", Sign "sign", Both "both";
    /// What becomes of a call that comes in with a wrong signature of the caller's number, or without one.
    StirShakenAction: Tag "tag", Record "record", Refuse "refuse", Require "require";
}

settings! {
    /// What an administrator sets of a trunk beside where it is.
    TrunkSettings {
        /// How much of the rules for session border controllers the other side is held to; `strict` needs TLS and SRTP.
        profile: TrunkProfile = TrunkProfile::Generic;
        /// How the other side is known: by its addresses, by digest, or by its certificate.
        auth: TrunkAuth = TrunkAuth::Sources;
        /// Whether each organization that has the trunk is known by a host of its own below the trunk's: its short name, a
        /// dot and that host, in Contact of what comes in and in the address of what goes out; needs `mutual_tls`.
        derived_hosts: bool = false;
        /// Seconds for which we register at the carrier with the trunk's credentials; null does not register.
        register_expires_seconds: Option<Whole<60, 86_400>> = None;
        /// Whether `calls_max` forbids more calls, or only tells that there are many.
        hard_cap: bool = true;
        /// Most new calls in a second.
        calls_per_second_max: Option<Whole<1, 10_000>> = None;
        /// Most calls at once that come in for one number of a person that has this trunk; null is no limit.
        user_number_calls_in_max: Option<Whole<1, 10_000>> = Some(Whole::of(USER_NUMBER_INBOUND_MAX));
        /// Most calls at once that go out with one number of a person that has this trunk; null is no limit.
        user_number_calls_out_max: Option<Whole<1, 10_000>> = Some(Whole::of(USER_NUMBER_OUTBOUND_MAX));
        /// Most calls at once that come in for one number of a service that has this trunk; null is no limit.
        service_number_calls_in_max: Option<Whole<1, 10_000>> = None;
        /// Most calls at once that go out with one number of a service that has this trunk; null is no limit.
        service_number_calls_out_max: Option<Whole<1, 10_000>> = None;
        /// Final answers after which the next trunk is tried, as long as nothing rang.
        failover_response_codes: StatusCodes = Few::of(&[Whole::of(408), Whole::of(503), Whole::of(504)]);
        /// Whether the trunk is told by whom a call was forwarded, and what it tells of that is kept.
        forward_call_history: bool = false;
        /// Whether the trunk is told the caller's real identity beside the number that is shown.
        forward_pai: bool = false;
        /// Whether it is asked regularly if it is there; a trunk that is not asked is never tried last for its silence.
        send_options: bool = true;
        /// Whether calls come in while the trunk is not enabled for calls outside.
        accept_inbound_when_disabled: bool = false;
        /// Whether a call may come in without an offer of sound.
        allow_delayed_offer: bool = true;
        /// Whether addresses inside are hidden from the other side.
        topology_hiding: bool = true;
        /// What becomes of identities where a caller wants to be anonymous.
        privacy_policy: PrivacyPolicy = PrivacyPolicy::Keep;
        /// Where the name of a caller is read.
        caller_name_source: CallerNameSource = CallerNameSource::Display;
        /// Whether callers' numbers are signed in calls that go out and signatures checked in calls that come in.
        stir_shaken: StirShaken = StirShaken::Off;
        /// What becomes of a call whose signature is checked: `tag` lets it ring as "Spam likely" where the signature is wrong,
        /// `record` only writes down what was found, `refuse` refuses a wrong signature, `require` also a call without one.
        stir_shaken_action: StirShakenAction = StirShakenAction::Tag;
        /// Whether sound goes past us where it can.
        media_bypass: bool = false;
        /// For whom sound goes past us; needs `media_bypass`.
        bypass_mode: BypassMode = BypassMode::None;
        /// The trunk that is reached through another one.
        proxy_trunk: Option<TrunkId> = None;
        /// The version of addresses for signalling and sound; `ipv6` does not go with `media_bypass`.
        ip_version: IpVersion = IpVersion::Ipv4;
        /// Where its sound enters, if the nearest place is wrong.
        media_region: Option<Text<64>> = None;
        /// How keys that a caller presses travel.
        dtmf: DtmfMode = DtmfMode::Rfc4733;
        /// Whose sound is heard before the call is answered.
        early_media: EarlyMedia = EarlyMedia::FirstSource;
        /// What the other side hears and sees while it is on hold.
        hold_mode: HoldMode = HoldMode::LocalMusic;
        /// How faxes travel.
        fax: FaxMode = FaxMode::Off;
        /// Whether a call that went away unnoticed ends by itself.
        session_timer: SessionTimer = SessionTimer::Offer;
        /// Whether provisional answers are acknowledged.
        prack: Prack = Prack::Supported;
        /// The site where it stands.
        site: Option<SiteId> = None;
        /// Whether calls over it are held to the rules of where people are; needs `site`.
        location_based_routing: bool = false;
        /// Whether people may be allowed to pass over those rules.
        location_based_routing_user_override: bool = false;
        /// Whether emergency calls carry the caller's location.
        pidf_lo_supported: bool = false;
        /// How numbers that no translation rule matches are written to the trunk.
        number_format: NumberFormat = NumberFormat::E164Plus;
        /// Rules for the called number of calls that come in.
        inbound_called_rules: Rules = Few::default();
        /// Rules for the calling number of calls that come in.
        inbound_calling_rules: Rules = Few::default();
        /// Rules for the called number of calls that go out.
        outbound_called_rules: Rules = Few::default();
        /// Rules for the calling number of calls that go out.
        outbound_calling_rules: Rules = Few::default();
        /// From when on no new call goes out over it; with `maintenance_until`.
        maintenance_from: Option<Timestamp> = None;
        /// Until when no new call goes out over it.
        maintenance_until: Option<Timestamp> = None;
    }
}

impl StirShaken {
    /// Whether calls that go out are signed.
    pub fn signs(self) -> bool {
        match self {
            Self::Sign | Self::Both => true,
            Self::Off | Self::Verify => false,
        }
    }

    /// Whether signatures of calls that come in are looked at.
    pub fn verifies(self) -> bool {
        match self {
            Self::Verify | Self::Both => true,
            Self::Off | Self::Sign => false,
        }
    }
}

impl TrunkSettings {
    /// As they are shown.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The settings with some of them changed. A setting that is null and may not be is as it was first.
    pub fn changed(&self, wanted: &Map<String, Value>) -> Result<Self, Vec<SettingFault>> {
        let kin =
            Kin { what: "a trunk".to_owned(), unknown: "trunk.setting_unknown", malformed: "trunk.setting_malformed" };
        let value = merged(Self::SETTINGS, &Self::default().to_value(), self.to_value(), wanted, &kin)?;
        serde_json::from_value(value).map_err(|error| {
            let message = error.to_string();
            vec![SettingFault { field: "settings".to_owned(), code: kin.malformed, message }]
        })
    }

    /// The four lists of translation rules, by the names of their settings.
    pub fn rule_lists(&self) -> [(&'static str, &Rules); 4] {
        [
            ("inbound_called_rules", &self.inbound_called_rules),
            ("inbound_calling_rules", &self.inbound_calling_rules),
            ("outbound_called_rules", &self.outbound_called_rules),
            ("outbound_calling_rules", &self.outbound_calling_rules),
        ]
    }

    /// Whether new calls don't go out over the trunk at a moment because somebody works on it.
    pub fn is_in_maintenance(&self, at: Timestamp) -> bool {
        match (self.maintenance_from, self.maintenance_until) {
            (Some(from), Some(until)) => from <= at && at < until,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }
}
