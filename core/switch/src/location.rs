//! Where a caller is, as a carrier is told for emergency services: a location object beside the session description.
//! RFC 4119, RFC 5139, RFC 5621, RFC 6442.

use bytes::Bytes;
use phone::directory::outbound::Location;
use sip::endpoint::{Body, ExtraHeader};

/// Between the parts of a body; nothing that a session description or a location has in a line of its own.
const BOUNDARY: &str = "trunkline-location-part";

/// The headers that point to the location within the body. RFC 6442 §4.1, §4.2
pub(crate) fn headers(domain: &str) -> Vec<ExtraHeader> {
    let header = |name: &str, value: String| ExtraHeader { name: name.to_owned(), value };
    vec![header("Geolocation", format!("<cid:location@{domain}>")), header("Geolocation-Routing", "yes".to_owned())]
}

/// The location of who calls as `entity`. RFC 4119 §2.2, RFC 5139 §3
pub(crate) fn document(location: &Location, entity: &str) -> Bytes {
    let country = escaped(&location.country);
    let said = match &location.civic {
        Some(civic) => civic.elements().map(|(element, text)| element_of(element, text)).collect(),
        None => element_of("LOC", &location.address),
    };
    let entity = escaped(entity);
    Bytes::from(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
         <presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:gp=\"urn:ietf:params:xml:ns:pidf:geopriv10\" \
         xmlns:ca=\"urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr\" entity=\"{entity}\">\r\n\
         <tuple id=\"caller\"><status><gp:geopriv><gp:location-info><ca:civicAddress>\
         <ca:country>{country}</ca:country>{said}\
         </ca:civicAddress></gp:location-info>\
         <gp:usage-rules><gp:retransmission-allowed>yes</gp:retransmission-allowed></gp:usage-rules>\
         <gp:method>Manual</gp:method></gp:geopriv></status></tuple></presence>\r\n"
    ))
}

/// A session description and a location in one body. RFC 5621 §3, RFC 2046 §5.1
pub(crate) fn with_location(description: &[u8], location: &[u8], domain: &str) -> Body {
    let mut bytes = Vec::with_capacity(description.len() + location.len() + 400);
    let mut part = |head: &str, body: &[u8]| {
        bytes.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
        bytes.extend_from_slice(body);
        bytes.extend_from_slice(b"\r\n");
    };
    part("Content-Type: application/sdp", description);
    part(&format!("Content-Type: application/pidf+xml\r\nContent-ID: <location@{domain}>"), location);
    bytes.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    Body { content_type: Bytes::from(format!("multipart/mixed;boundary=\"{BOUNDARY}\"")), bytes: Bytes::from(bytes) }
}

fn element_of(name: &str, text: &str) -> String {
    format!("<ca:{name}>{}</ca:{name}>", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            letter => out.push(letter),
        }
    }
    out
}
