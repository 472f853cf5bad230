//! Offer and answer as phones, carriers and browsers write them.
#![allow(clippy::unwrap_used, reason = "tests")]

use media::sdp::{Codec, Direction, Negotiation, Preferences, SrtpPolicy, Unacceptable};
use media::{PortGrant, WorkerId};

const KEY: &str = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
const ALL: [Codec; 4] = [Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma];

#[test]
fn an_offer_lists_our_codecs_and_events_at_their_clocks() {
    let mut us = negotiation(&ALL, SrtpPolicy::Accept);
    let offer = text(us.offer(Direction::SendAndReceive));
    let expected = "\
        s=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n\
        m=audio 20000 RTP/AVP 111 9 0 8 110 101\r\n\
        a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\n\
        a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
        a=rtpmap:110 telephone-event/48000\r\na=fmtp:110 0-16\r\n\
        a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n\
        a=ptime:20\r\na=sendrecv\r\n";
    assert!(offer.ends_with(expected), "{offer}");
    assert!(offer.starts_with("v=0\r\no=- "), "{offer}");
}

#[test]
fn the_version_goes_up_only_when_something_changed() {
    let mut us = negotiation(&ALL, SrtpPolicy::Accept);
    let first = us.offer(Direction::SendAndReceive);
    assert_eq!(us.offer(Direction::SendAndReceive), first);
    let hold = text(us.offer(Direction::SendOnly));
    let (id, version) = origin(&text(first));
    assert_eq!(origin(&hold), (id, version + 1));
}

#[test]
fn we_and_we_agree() {
    for srtp in [SrtpPolicy::Off, SrtpPolicy::Accept, SrtpPolicy::Required] {
        let mut a = negotiation(&ALL, srtp);
        let mut b = negotiation(&[Codec::Pcma, Codec::Opus], srtp);
        let (answer, at_b) = b.answer(&a.offer(Direction::SendAndReceive), None, Direction::SendAndReceive).unwrap();
        let at_a = a.accept_answer(&answer).unwrap();
        assert_eq!((at_a.codec(), at_b.codec()), (Codec::Pcma, Codec::Pcma));
        assert_eq!(at_a.is_encrypted(), srtp == SrtpPolicy::Required);
        assert_eq!(at_b.is_encrypted(), at_a.is_encrypted());
        assert!(at_a.takes_events() && at_b.takes_events());
        // Again, from the other side: nothing that was agreed changes.
        let (answer, at_a) = a.answer(&b.offer(Direction::SendAndReceive), None, Direction::SendAndReceive).unwrap();
        let at_b = b.accept_answer(&answer).unwrap();
        assert_eq!((at_a.codec(), at_b.codec()), (Codec::Opus, Codec::Opus), "{}", text(answer));
        assert_eq!(at_a.is_encrypted(), at_b.is_encrypted());
    }
}

#[test]
fn real_offers_are_answered() {
    let cisco = "v=0\r\no=Cisco-SIPUA 1 0 IN IP4 203.0.113.7\r\ns=SIP Call\r\nb=AS:4064\r\nt=0 0\r\n\
        m=audio 17000 RTP/AVP 114 9 0 8 116 18 101\r\nc=IN IP4 203.0.113.7\r\nb=TIAS:64000\r\n\
        a=rtpmap:114 opus/48000/2\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
        a=rtpmap:116 iLBC/8000\r\na=fmtp:116 mode=20\r\na=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=yes\r\n\
        a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n";
    let yealink = format!(
        "v=0\r\no=- 20007 20007 IN IP4 192.168.1.20\r\ns=SDP data\r\nc=IN IP4 192.168.1.20\r\nt=0 0\r\n\
        m=audio 11792 RTP/AVP 0 8 18 9 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:18 G729/8000\r\n\
        a=fmtp:18 annexb=no\r\na=rtpmap:9 G722/8000\r\na=fmtp:101 0-15\r\na=rtpmap:101 telephone-event/8000\r\n\
        a=ptime:20\r\na=sendrecv\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"
    );
    let asterisk = "v=0\r\no=- 1318 1318 IN IP4 203.0.113.9\r\ns=Asterisk\r\nc=IN IP4 203.0.113.9\r\nt=0 0\r\n\
        m=audio 16002 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n\
        a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=maxptime:150\r\na=sendrecv\r\n";
    let teams = format!(
        "v=0\r\no=- 3 3 IN IP4 52.112.0.1\r\ns=session\r\nc=IN IP4 52.112.0.1\r\nb=CT:10000000\r\nt=0 0\r\n\
        m=audio 50018 RTP/SAVP 104 9 103 111 18 0 8 97 101 13 118\r\nc=IN IP4 52.112.0.1\r\na=rtcp:50019\r\n\
        a=label:main-audio\r\na=mid:1\r\na=sendrecv\r\n\
        a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31\r\n\
        a=rtpmap:104 SILK/16000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:103 SILK/8000\r\na=rtpmap:111 SIREN/16000\r\n\
        a=rtpmap:18 G729/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:97 RED/8000\r\n\
        a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=rtpmap:13 CN/8000\r\na=rtpmap:118 CN/16000\r\na=ptime:20\r\n\
        m=video 0 RTP/SAVP 122\r\na=rtpmap:122 X-H264UC/90000\r\n"
    );
    let old = "v=0\no=root 1 1 IN IP4 203.0.113.5\ns=session\nc=IN IP4 203.0.113.5\nt=0 0\nm=audio 5004 RTP/AVP 0\n";
    let empty = "v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\na=\r\na=:\r\n\
        m=audio 5004 RTP/AVP 0 101\r\na=\r\na=rtpmap:\r\na=fmtp:\r\na=rtpmap:101\r\na=crypto:\r\na=rtcp:\r\na=fmtp:101\r\n";
    let cases: [(&str, &str, Codec, bool, bool, &str); 6] = [
        ("cisco", cisco, Codec::Opus, false, true, "m=audio 20000 RTP/AVP 114 101\r\n"),
        ("yealink", &yealink, Codec::G722, true, true, "m=audio 20000 RTP/AVP 9 101\r\n"),
        ("asterisk", asterisk, Codec::Pcmu, false, true, "m=audio 20000 RTP/AVP 0 101\r\n"),
        ("teams", &teams, Codec::G722, true, true, "m=audio 20000 RTP/SAVP 9 13 101\r\n"),
        ("old", old, Codec::Pcmu, false, false, "m=audio 20000 RTP/AVP 0\r\n"),
        ("empty attributes", empty, Codec::Pcmu, false, false, "m=audio 20000 RTP/AVP 0\r\n"),
    ];
    for (name, offer, codec, encrypted, events, line) in cases {
        let mut us = negotiation(&ALL, SrtpPolicy::Accept);
        let (answer, session) = us.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap();
        let answer = text(answer);
        assert_eq!(session.codec(), codec, "{name}");
        assert_eq!(session.is_encrypted(), encrypted, "{name}: {answer}");
        assert_eq!(session.takes_events(), events, "{name}");
        assert!(answer.contains(line), "{name}: {answer}");
        assert_eq!(answer.contains("a=crypto:"), encrypted, "{name}");
    }
    let mut us = negotiation(&ALL, SrtpPolicy::Accept);
    let answer = text(us.answer(teams.as_bytes(), None, Direction::SendAndReceive).unwrap().0);
    assert!(answer.contains("a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:"), "the tag is the accepted line's: {answer}");
    assert!(answer.ends_with("m=video 0 RTP/SAVP 122\r\n"), "{answer}");
}

#[test]
fn a_browser_is_read_but_not_taken() {
    let chromium = "v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=extmap-allow-mixed\r\n\
        a=msid-semantic: WMS s\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
        a=ice-ufrag:Xy\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=ice-options:trickle\r\na=fingerprint:sha-256 AA:BB\r\n\
        a=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=sendrecv\r\na=rtcp-mux\r\n\
        a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
        a=rtpmap:63 red/48000/2\r\na=rtpmap:9 G722/8000\r\na=rtpmap:126 telephone-event/8000\r\na=ssrc:1 cname:x\r\n";
    let answer =
        |policy| negotiation(&ALL, policy).answer(chromium.as_bytes(), None, Direction::SendAndReceive).unwrap_err();
    assert_eq!(answer(SrtpPolicy::Accept), Unacceptable::NoCommonCodec);
    assert_eq!(answer(SrtpPolicy::Required), Unacceptable::EncryptionRequired);
}

#[test]
fn other_media_keeps_its_place() {
    let offer = offer_with(
        "m=video 5000 RTP/AVP 96 97\r\nm=audio 0 RTP/AVP 0\r\nm=audio 6000 RTP/AVP 8\r\nm=application 7 udp/bfcp *\r\n",
    );
    let mut us = negotiation(&ALL, SrtpPolicy::Accept);
    let answer = text(us.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap().0);
    let lines: Vec<&str> = answer.lines().filter(|line| line.starts_with("m=")).collect();
    let expected =
        ["m=video 0 RTP/AVP 96", "m=audio 0 RTP/AVP 0", "m=audio 20000 RTP/AVP 8", "m=application 0 udp/bfcp *"];
    assert_eq!(lines, expected);
    let reoffer = text(us.offer(Direction::SendAndReceive));
    let lines: Vec<&str> = reoffer.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(lines[0], expected[0]);
    assert!(lines[2].starts_with("m=audio 20000 RTP/AVP 8 "), "{reoffer}");
    assert_eq!(lines.len(), 4);
}

#[test]
fn hold_and_retrieve_by_every_spelling() {
    use Direction::{Inactive, ReceiveOnly, SendAndReceive, SendOnly};
    let cases = [
        ("c=IN IP4 203.0.113.5\r\na=sendonly\r\n", SendAndReceive, ReceiveOnly),
        ("c=IN IP4 203.0.113.5\r\na=recvonly\r\n", SendAndReceive, SendOnly),
        ("c=IN IP4 203.0.113.5\r\na=inactive\r\n", SendAndReceive, Inactive),
        ("c=IN IP4 203.0.113.5\r\n", SendAndReceive, SendAndReceive),
        ("c=IN IP4 0.0.0.0\r\n", SendAndReceive, ReceiveOnly),
        ("c=IN IP4 0.0.0.0\r\na=inactive\r\n", SendAndReceive, Inactive),
        ("c=IN IP4 203.0.113.5\r\na=sendonly\r\n", SendOnly, Inactive),
        ("c=IN IP4 203.0.113.5\r\n", SendOnly, SendOnly),
    ];
    let mut us = negotiation(&ALL, SrtpPolicy::Accept);
    for (attributes, wanted, agreed) in cases {
        let offer = offer_with(&format!("m=audio 6000 RTP/AVP 0\r\n{attributes}"));
        let (answer, session) = us.answer(offer.as_bytes(), None, wanted).unwrap();
        assert_eq!(session.direction(), agreed, "{attributes}");
        let name = match agreed {
            Inactive => "inactive",
            ReceiveOnly => "recvonly",
            SendAndReceive => "sendrecv",
            SendOnly => "sendonly",
        };
        assert!(text(answer).ends_with(&format!("a={name}\r\n")), "{attributes}");
    }
    // For the whole session, and a media line that says otherwise.
    let offer = "v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\na=inactive\r\nm=audio 6000 RTP/AVP 0\r\na=sendrecv\r\n";
    assert_eq!(us.answer(offer.as_bytes(), None, SendAndReceive).unwrap().1.direction(), SendAndReceive);
}

#[test]
fn encryption_is_never_lost() {
    let plain = offer_with("m=audio 6000 RTP/AVP 0\r\n");
    let secure = offer_with(&format!("m=audio 6000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    let keyless = offer_with("m=audio 6000 RTP/SAVP 0\r\n");
    let both = offer_with(&format!(
        "m=audio 6000 RTP/AVP 0\r\nm=audio 6002 RTP/SAVP 0\r\na=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:x\r\na=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:{KEY}\r\n"
    ));
    let with_mki =
        offer_with(&format!("m=audio 6000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4\r\n"));
    let table: [(&str, SrtpPolicy, Result<bool, Unacceptable>); 13] = [
        (&plain, SrtpPolicy::Off, Ok(false)),
        (&plain, SrtpPolicy::Accept, Ok(false)),
        (&plain, SrtpPolicy::Required, Err(Unacceptable::EncryptionRequired)),
        (&secure, SrtpPolicy::Off, Err(Unacceptable::NoCommonCodec)),
        (&secure, SrtpPolicy::Accept, Ok(true)),
        (&secure, SrtpPolicy::Required, Ok(true)),
        (&keyless, SrtpPolicy::Accept, Err(Unacceptable::NoCommonCodec)),
        (&keyless, SrtpPolicy::Required, Err(Unacceptable::EncryptionRequired)),
        (&both, SrtpPolicy::Off, Ok(false)),
        (&both, SrtpPolicy::Accept, Ok(true)),
        (&both, SrtpPolicy::Required, Ok(true)),
        (&with_mki, SrtpPolicy::Accept, Err(Unacceptable::NoCommonCodec)),
        (&with_mki, SrtpPolicy::Required, Err(Unacceptable::EncryptionRequired)),
    ];
    for (offer, policy, expected) in table {
        let mut us = negotiation(&ALL, policy);
        let got =
            us.answer(offer.as_bytes(), None, Direction::SendAndReceive).map(|(_, session)| session.is_encrypted());
        assert_eq!(got, expected, "{policy:?} {offer}");
    }

    // A re-offer can't take it away, nor can an answer.
    let mut us = negotiation(&ALL, SrtpPolicy::Required);
    us.answer(secure.as_bytes(), None, Direction::SendAndReceive).unwrap();
    let refused = us.answer(plain.as_bytes(), None, Direction::SendAndReceive);
    assert_eq!(refused.unwrap_err(), Unacceptable::EncryptionRequired);
    assert!(us.session().unwrap().is_encrypted());
    us.offer(Direction::SendAndReceive);
    assert_eq!(us.accept_answer(plain.as_bytes()).unwrap_err(), Unacceptable::EncryptionRequired);
    assert_eq!(us.accept_answer(keyless.as_bytes()).unwrap_err(), Unacceptable::EncryptionRequired);
}

#[test]
fn our_keys_stay_through_reoffers_and_differ_between_legs() {
    let key = |offer: &str| offer.lines().find(|line| line.starts_with("a=crypto:1 ")).unwrap().to_owned();
    let secure = offer_with(&format!("m=audio 6000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    let mut us = negotiation(&ALL, SrtpPolicy::Required);
    let first = key(&text(us.offer(Direction::SendAndReceive)));
    us.accept_answer(secure.as_bytes()).unwrap();
    assert_eq!(key(&text(us.offer(Direction::SendOnly))), first);
    assert_eq!(key(&text(us.answer(secure.as_bytes(), None, Direction::SendAndReceive).unwrap().0)), first);
    let mut other = Negotiation::new(preferences(&ALL, SrtpPolicy::Required), GRANT, [9; 32]);
    assert_ne!(key(&text(other.offer(Direction::SendAndReceive))), first);
    assert!(!format!("{us:?}").contains(&first[40..]), "keys are not printed");
}

#[test]
fn answers_must_fit_the_offer() {
    let audio = |line: &str| offer_with(line).into_bytes();
    let mut us = negotiation(&[Codec::Pcmu, Codec::Opus], SrtpPolicy::Accept);
    assert_eq!(us.accept_answer(&audio("m=audio 6000 RTP/AVP 0\r\n")).unwrap_err(), Unacceptable::AnswerDoesNotFit);
    us.offer(Direction::SendAndReceive);
    for (line, expected) in [
        ("", Unacceptable::AnswerDoesNotFit),
        ("m=video 6000 RTP/AVP 0\r\n", Unacceptable::AnswerDoesNotFit),
        ("m=audio 0 RTP/AVP 0\r\n", Unacceptable::NoCommonCodec),
        ("m=audio 6000 RTP/AVP 8\r\n", Unacceptable::NoCommonCodec),
        ("m=audio 6000 RTP/AVP 101\r\n", Unacceptable::NoCommonCodec),
        ("m=audio 6000 RTP/SAVP 0\r\n", Unacceptable::AnswerDoesNotFit),
        ("m=audio 70000 RTP/AVP 0\r\n", Unacceptable::Malformed),
        ("m=audio 6000 RTP/AVP 0\r\nc=IN IP4 example.com\r\nc=\r\nc=IN IP4 239.1.1.1\r\n", Unacceptable::Malformed),
    ] {
        assert_eq!(us.accept_answer(&audio(line)).unwrap_err(), expected, "{line}");
    }
    // A number of the peer's own, without an rtpmap for ours, and a second answer after 183.
    let early = us.accept_answer(&audio("m=audio 6000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n")).unwrap();
    assert_eq!(early.codec(), Codec::Opus);
    let late = us.accept_answer(&audio("m=audio 6000 RTP/AVP 111 110\r\n")).unwrap();
    assert_eq!((late.codec(), late.takes_events()), (Codec::Opus, true));
}

#[test]
fn payload_numbers_keep_their_meaning() {
    let offer =
        offer_with("m=audio 6000 RTP/AVP 101 96\r\na=rtpmap:101 opus/48000/2\r\na=rtpmap:96 telephone-event/48000\r\n");
    let mut us = negotiation(&ALL, SrtpPolicy::Accept);
    us.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap();
    let reoffer = text(us.offer(Direction::SendAndReceive));
    assert!(reoffer.contains("a=rtpmap:101 opus/48000/2"), "{reoffer}");
    assert!(reoffer.contains("a=rtpmap:96 telephone-event/48000"), "{reoffer}");
    assert!(reoffer.contains("telephone-event/8000"), "{reoffer}");
    assert!(!reoffer.contains("a=rtpmap:101 telephone-event"), "{reoffer}");
}

#[test]
fn the_other_legs_codec_comes_first_where_it_may() {
    let offer = offer_with("m=audio 6000 RTP/AVP 9 0 8\r\n");
    let answer = |codecs: &[Codec], prefer| {
        negotiation(codecs, SrtpPolicy::Accept)
            .answer(offer.as_bytes(), prefer, Direction::SendAndReceive)
            .unwrap()
            .1
            .codec()
    };
    assert_eq!(answer(&ALL, Some(Codec::Pcma)), Codec::Pcma);
    assert_eq!(answer(&ALL, Some(Codec::Opus)), Codec::G722);
    assert_eq!(answer(&[Codec::Pcmu], Some(Codec::Pcma)), Codec::Pcmu);
}

#[test]
fn rtcp_shares_the_port_only_when_asked_and_six_is_a_family() {
    let offer = "v=0\r\no=- 1 1 IN IP6 2001:db8::5\r\ns=-\r\nc=IN IP6 2001:db8::5\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtcp-mux\r\n";
    let mut us = Negotiation::new(
        Preferences { codecs: ALL.to_vec(), srtp: SrtpPolicy::Accept, address: "2001:db8::1".parse().unwrap() },
        GRANT,
        [7; 32],
    );
    assert!(!text(us.offer(Direction::SendAndReceive)).contains("rtcp-mux"));
    let answer = text(us.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap().0);
    assert!(answer.contains("a=rtcp-mux\r\n") && answer.contains("c=IN IP6 2001:db8::1\r\n"), "{answer}");
}

/// RFC 5118 §4.6, 4.8, 4.9: descriptions with addresses of either family, as they are and with a codec that we have.
#[test]
fn rfc5118_addresses_of_both_families_are_read() {
    let six = |address: &str, formats: &str| {
        format!(
            "v=0\r\no=assistant 971731711378798081 0 IN IP6 {address}\r\ns=Live video feed for today's meeting\r\n\
             c=IN IP6 {address}\r\nt=3338481189 3370017201\r\nm=audio 6000 RTP/AVP {formats}\r\n\
             a=rtpmap:2 G726-32/8000\r\nm=video 6024 RTP/AVP 107\r\na=rtpmap:107 H263-1998/90000\r\n"
        )
    };
    let both = "v=0\r\no=bob 280744730 28977631 IN IP4 host.example.com\r\ns=\r\nt=0 0\r\nm=audio 22334 RTP/AVP 0\r\n\
        c=IN IP4 192.0.2.1\r\nm=video 6024 RTP/AVP 107\r\nc=IN IP6 2001:db8::1\r\na=rtpmap:107 H263-1998/90000\r\n";
    let answer = |offer: &str| {
        let mut us = negotiation(&ALL, SrtpPolicy::Accept);
        us.answer(offer.as_bytes(), None, Direction::SendAndReceive).map(|(answer, session)| (text(answer), session))
    };
    for (address, to) in [("2001:db8::20", "[2001:db8::20]:6000"), ("::ffff:192.0.2.2", "192.0.2.2:6000")] {
        assert_eq!(answer(&six(address, "2")).unwrap_err(), Unacceptable::NoCommonCodec, "read, but not our codec");
        let (_, session) = answer(&six(address, "2 0")).unwrap();
        assert!(format!("{session:?}").contains(&format!("rtp_to: Some({to})")), "{session:?}");
    }
    let (answer, session) = answer(both).unwrap();
    assert!(format!("{session:?}").contains("rtp_to: Some(192.0.2.1:22334)"), "{session:?}");
    assert!(answer.contains("m=video 0 "), "one line is taken, the other refused: {answer}");
}

#[test]
fn bombs_and_rubbish_are_refused() {
    let mut us = negotiation(&ALL, SrtpPolicy::Accept);
    let many_media = offer_with(&"m=audio 6000 RTP/AVP 0\r\n".repeat(9));
    let many_formats = offer_with(&format!("m=audio 6000 RTP/AVP{}\r\n", " 0".repeat(65)));
    let many_maps = offer_with(&format!("m=audio 6000 RTP/AVP 0\r\n{}", "a=rtpmap:96 x/8000\r\n".repeat(65)));
    let long = offer_with(&format!("m=audio 6000 RTP/AVP 0\r\n{}", "a=x\r\n".repeat(7_000)));
    for offer in [
        "",
        "v=1\r\n",
        "v=0",
        "v=0\r\nx",
        "v=0\r\nm=audio\r\n",
        "v=0\r\nm=audio 1\r\n",
        "v=0\r\nm=\x01 1 RTP/AVP 0\r\n",
        "{}",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([many_media, many_formats, many_maps, long])
    {
        let refused = us.answer(offer.as_bytes(), None, Direction::SendAndReceive).unwrap_err();
        assert!(matches!(refused, Unacceptable::Malformed | Unacceptable::NoCommonCodec), "{offer:.80}");
    }
    assert!(us.session().is_none());
}

const GRANT: PortGrant = PortGrant { worker: WorkerId(0), rtp_port: 20_000 };

fn negotiation(codecs: &[Codec], srtp: SrtpPolicy) -> Negotiation {
    Negotiation::new(preferences(codecs, srtp), GRANT, [7; 32])
}

fn preferences(codecs: &[Codec], srtp: SrtpPolicy) -> Preferences {
    Preferences { codecs: codecs.to_vec(), srtp, address: "198.51.100.1".parse().unwrap() }
}

fn offer_with(media: &str) -> String {
    format!("v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\n{media}")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn origin(description: &str) -> (u64, u64) {
    let line = description.lines().nth(1).unwrap();
    let mut words = line.split(' ').skip(1).map(|word| word.parse().unwrap());
    (words.next().unwrap(), words.next().unwrap())
}
