//! Where webhooks may go: not into the network that the server stands in, or whoever sets one up could reach what only
//! the server should. RFC 6890

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is one of the public network.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_unspecified()
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast();
    let is_of_this_network = a == 0;
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_of_protocols = a == 192 && b == 0 && c == 0;
    let is_of_relays = a == 192 && b == 88 && c == 99;
    let is_of_benchmarks = a == 198 && (18..20).contains(&b);
    let is_reserved = 240 <= a;
    !(is_special
        || is_of_this_network
        || is_shared
        || is_of_protocols
        || is_of_relays
        || is_of_benchmarks
        || is_reserved)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, ..] = address.segments();
    // Only 2000::/3 is given out; in it are some that lead elsewhere, or to an address of the other family.
    let is_given_out = first & 0xe000 == 0x2000;
    let is_of_protocols = first == 0x2001 && second < 0x0200;
    let is_documentation = (first == 0x2001 && second == 0x0db8) || first == 0x3fff && second < 0x1000;
    let is_6to4 = first == 0x2002;
    // NAT64: what counts is the address inside. RFC 6052 §2.1
    if first == 0x0064 && second == 0xff9b && third == 0 {
        let [.., high, low] = address.segments();
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    is_given_out && !is_of_protocols && !is_documentation && !is_6to4
}
