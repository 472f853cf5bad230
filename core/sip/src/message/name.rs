//! Names of header fields. RFC 3261 §20 and the IANA registry

macro_rules! names {
    ($($variant:ident $text:literal $lower:literal $($compact:literal)?),+ $(,)?) => {
        /// The name of a header field that somebody here looks at; `Other` is any that nobody does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum HeaderName {
            $($variant,)+
            Other,
        }

        impl HeaderName {
            /// The name as it is sent; empty for `Other`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other => "",
                }
            }

            fn from_lower(name: &[u8]) -> Self {
                match name {
                    $($lower $(| $compact)? => Self::$variant,)+
                    _ => Self::Other,
                }
            }
        }
    };
}

names! {
    Accept "Accept" b"accept",
    Allow "Allow" b"allow",
    AllowEvents "Allow-Events" b"allow-events" b"u",
    Authorization "Authorization" b"authorization",
    CallId "Call-ID" b"call-id" b"i",
    Contact "Contact" b"contact" b"m",
    ContentDisposition "Content-Disposition" b"content-disposition",
    ContentEncoding "Content-Encoding" b"content-encoding" b"e",
    ContentLength "Content-Length" b"content-length" b"l",
    ContentType "Content-Type" b"content-type" b"c",
    CSeq "CSeq" b"cseq",
    Date "Date" b"date",
    Diversion "Diversion" b"diversion",
    Event "Event" b"event" b"o",
    Expires "Expires" b"expires",
    From "From" b"from" b"f",
    HistoryInfo "History-Info" b"history-info",
    Identity "Identity" b"identity" b"y",
    MaxForwards "Max-Forwards" b"max-forwards",
    MinExpires "Min-Expires" b"min-expires",
    MinSe "Min-SE" b"min-se",
    PAssertedIdentity "P-Asserted-Identity" b"p-asserted-identity",
    PPreferredIdentity "P-Preferred-Identity" b"p-preferred-identity",
    Path "Path" b"path",
    Privacy "Privacy" b"privacy",
    ProxyAuthenticate "Proxy-Authenticate" b"proxy-authenticate",
    ProxyAuthorization "Proxy-Authorization" b"proxy-authorization",
    ProxyRequire "Proxy-Require" b"proxy-require",
    RAck "RAck" b"rack",
    Reason "Reason" b"reason",
    RecordRoute "Record-Route" b"record-route",
    ReferSub "Refer-Sub" b"refer-sub",
    ReferTo "Refer-To" b"refer-to" b"r",
    ReferredBy "Referred-By" b"referred-by" b"b",
    RemotePartyId "Remote-Party-ID" b"remote-party-id",
    Replaces "Replaces" b"replaces",
    Require "Require" b"require",
    RetryAfter "Retry-After" b"retry-after",
    Route "Route" b"route",
    RSeq "RSeq" b"rseq",
    Server "Server" b"server",
    SessionExpires "Session-Expires" b"session-expires" b"x",
    Subject "Subject" b"subject" b"s",
    SubscriptionState "Subscription-State" b"subscription-state",
    Supported "Supported" b"supported" b"k",
    To "To" b"to" b"t",
    Unsupported "Unsupported" b"unsupported",
    UserAgent "User-Agent" b"user-agent",
    Via "Via" b"via" b"v",
    Warning "Warning" b"warning",
    WwwAuthenticate "WWW-Authenticate" b"www-authenticate",
}

impl HeaderName {
    /// Finds a name in any case, or its compact form.
    pub fn from_bytes(name: &[u8]) -> Self {
        // The longest that we know has 20 bytes.
        let mut lower = [0; 24];
        let Some(lower) = lower.get_mut(..name.len()) else { return Self::Other };
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        Self::from_lower(lower)
    }

    /// Whether one field of this name can hold several values with commas between them. RFC 3261 §7.3.1
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Self::Accept
                | Self::Allow
                | Self::AllowEvents
                | Self::Contact
                | Self::ContentEncoding
                | Self::Diversion
                | Self::HistoryInfo
                | Self::PAssertedIdentity
                | Self::PPreferredIdentity
                | Self::Path
                | Self::ProxyRequire
                | Self::Reason
                | Self::RecordRoute
                | Self::RemotePartyId
                | Self::Require
                | Self::Route
                | Self::Supported
                | Self::Unsupported
                | Self::Via
                | Self::Warning
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_in_compact_form() {
        assert_eq!(HeaderName::from_bytes(b"cAlL-iD"), HeaderName::CallId);
        assert_eq!(HeaderName::from_bytes(b"I"), HeaderName::CallId);
        assert_eq!(HeaderName::from_bytes(b"x"), HeaderName::SessionExpires);
        assert_eq!(HeaderName::from_bytes(b"X-Custom"), HeaderName::Other);
        assert_eq!(HeaderName::from_bytes(&[b'a'; 300]), HeaderName::Other);
        for name in [HeaderName::Accept, HeaderName::PPreferredIdentity, HeaderName::WwwAuthenticate, HeaderName::CSeq]
        {
            assert_eq!(HeaderName::from_bytes(name.as_str().as_bytes()), name);
        }
    }
}
