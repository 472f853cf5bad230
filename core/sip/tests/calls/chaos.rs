//! Many seeds of two applications that do anything at any time, on a network that loses, repeats and reorders, while
//! old and damaged packets are thrown in. `SIP_CHAOS_SEEDS` sets how many.

use std::collections::BTreeMap;

use bytes::Bytes;
use sip::endpoint::{Credentials, Event, OutgoingInvite, OutgoingRequest, Refer, Status, UsageId};
use sip::{Method, Transport};

use super::world::{A, B, Network, World, sdp, summary};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// Our INVITE has no final answer.
    Calling,
    /// Theirs has none of ours.
    Called,
    Talking,
    /// Nothing may be heard of it any more.
    Over,
}

struct Chaos {
    world: World,
    lives: [BTreeMap<UsageId, Life>; 2],
    old: Vec<(usize, Bytes)>,
}

impl Chaos {
    fn new(seed: u64) -> Self {
        let transport = if seed.is_multiple_of(3) { Transport::Tcp } else { Transport::Udp };
        let mut world = World::seeded(seed, transport);
        world.network = match (transport, seed % 4) {
            (Transport::Udp, 0) => Network::default(),
            (Transport::Udp, _) => Network { loss_percent: 15, duplicate_percent: 10, jitter_ms: 300 },
            _ => Network { loss_percent: 0, duplicate_percent: 0, jitter_ms: 0 },
        };
        Self { world, lives: [BTreeMap::new(), BTreeMap::new()], old: Vec::new() }
    }

    fn one_of(&mut self, n: u64) -> bool {
        self.world.chance(n) == 0
    }

    fn pick(&mut self, side: usize) -> Option<UsageId> {
        let n = self.lives[side].len() as u64;
        // Now and then one that is over.
        let index = (n > 0).then(|| self.world.chance(n))?;
        self.lives[side].keys().nth(index as usize).copied()
    }

    fn step(&mut self) {
        let side = self.world.chance(2) as usize;
        let ms = [0, 5, 40, 700, 9_000][self.world.chance(5) as usize];
        self.world.run(ms);
        for side in [A, B] {
            if let Some(packet) = self.world.last_packet[side].clone() {
                self.old.push((1 - side, packet));
            }
            self.handle_events(side);
        }
        self.old.drain(..self.old.len().saturating_sub(40));
        match self.world.chance(8) {
            0 => self.begin(side),
            1 => self.throw_in(),
            _ => self.command(side),
        }
        self.handle_events(side);
    }

    fn begin(&mut self, side: usize) {
        let target = self.world.target_of(1 - side);
        let body = (!self.one_of(4)).then(|| sdp("offer"));
        let session_secs = self.one_of(3).then_some(90);
        let credentials =
            self.one_of(2).then(|| Credentials { realm: None, user: "u".to_owned(), password: "p".to_owned() });
        let invite =
            OutgoingInvite { targets: vec![target.clone()], session_secs, credentials, ..self.world.outgoing(body) };
        if self.one_of(5) {
            let request = OutgoingRequest {
                method: Method::Options,
                uri: invite.uri,
                from: invite.from,
                to: invite.to,
                contact_user: None,
                targets: invite.targets,
                headers: vec![],
                body: None,
                credentials: None,
            };
            self.world.act(side, |endpoint, now, out| endpoint.request(now, request, out));
            return;
        }
        let usage = self.world.act(side, |endpoint, now, out| endpoint.invite(now, invite, out));
        self.lives[side].insert(usage, Life::Calling);
    }

    /// An old packet once more, perhaps damaged.
    fn throw_in(&mut self) {
        if self.old.is_empty() {
            return;
        }
        let index = self.world.chance(self.old.len() as u64) as usize;
        let (side, packet) = self.old[index].clone();
        let mut bytes = packet.to_vec();
        for _ in 0..self.world.chance(3) {
            let at = self.world.chance(bytes.len() as u64) as usize;
            bytes[at] = self.world.chance(256) as u8;
        }
        let source = self.world.source_of(1 - side);
        self.world.act(side, |endpoint, now, out| endpoint.receive(now, &source, Bytes::from(bytes), out));
    }

    fn command(&mut self, side: usize) {
        let Some(usage) = self.pick(side) else { return };
        let body = (!self.one_of(3)).then(|| sdp("body"));
        let status = Status([180, 183, 200, 202, 404, 486, 491][self.world.chance(7) as usize]);
        let provisional = Status([180, 183, 181][self.world.chance(3) as usize]);
        let refusal = Status([401, 404, 486, 503][self.world.chance(4) as usize]);
        let what = self.world.chance(16);
        let life = self.lives[side].get(&usage).copied().unwrap();
        self.world.act(side, |endpoint, now, out| match what {
            0 | 1 => endpoint.progress(now, usage, provisional, &[], body, out),
            2 | 3 => endpoint.accept(now, usage, &[], body, out),
            4 => endpoint.refuse(now, usage, refusal, None, &[], out),
            5 => endpoint.cancel(now, usage, None, out),
            6 => endpoint.acknowledge(now, usage, body, out),
            7 | 8 => endpoint.reoffer(now, usage, body, out),
            9 | 10 => endpoint.answer_reoffer(now, usage, if status.0 < 200 { Status(200) } else { status }, body, out),
            11 => endpoint.answer_prack(now, usage, body, out),
            12 => endpoint.info(now, usage, sdp("info"), out),
            13 => {
                let refer = Refer { uri: "sip:c@c.test".to_owned(), replaces: None, referred_by: None };
                endpoint.refer(now, usage, &refer, out);
            }
            14 => endpoint.notify_refer(now, usage, status, out),
            _ => endpoint.bye(now, usage, None, out),
        });
        let over = what == 15 || (what == 4 && life == Life::Called);
        if over {
            self.lives[side].insert(usage, Life::Over);
        } else if matches!(what, 2 | 3) && life == Life::Called {
            self.lives[side].insert(usage, Life::Talking);
        }
    }

    fn handle_events(&mut self, side: usize) {
        loop {
            let events = self.world.events(side);
            if events.is_empty() {
                return;
            }
            events.into_iter().for_each(|event| self.handle_event(side, event));
        }
    }

    fn handle_event(&mut self, side: usize, event: Event) {
        let words = summary(&event);
        let mut live = |usage: UsageId, allowed: &[Life], next: Option<Life>| {
            let life = self.lives[side].get_mut(&usage).expect("an event of an unknown usage");
            assert!(allowed.contains(life), "{words} while {life:?}");
            *life = next.unwrap_or(*life);
        };
        use Life::{Called, Calling, Over, Talking};
        match event {
            Event::Requested { request, source } => self.handle_request(side, &request, &source),
            Event::Responded { .. } => {}
            Event::Progressed { usage, .. } => live(usage, &[Calling], None),
            Event::OfferedEarly { usage, .. } => {
                live(usage, &[Calling], None);
                if !self.one_of(5) {
                    self.world.act(side, |endpoint, now, out| {
                        endpoint.answer_early_offer(now, usage, Some(super::world::sdp("answer")), out);
                    });
                }
            }
            Event::Answered { usage, .. } => {
                live(usage, &[Calling], Some(Talking));
                if !self.one_of(10) {
                    self.world.act(side, |endpoint, now, out| endpoint.acknowledge(now, usage, None, out));
                }
            }
            Event::Refused { usage, .. } => live(usage, &[Calling], Some(Over)),
            Event::Cancelled { usage, .. } => live(usage, &[Called, Talking], Some(Over)),
            Event::Acknowledged { usage, .. } => live(usage, &[Talking], None),
            Event::ProvisionallyAcknowledged { usage, .. } => live(usage, &[Called, Talking], None),
            Event::Reoffered { usage, .. } | Event::ReofferAnswered { usage, .. } | Event::Informed { usage, .. } => {
                live(usage, &[Calling, Called, Talking], None)
            }
            Event::Referred { usage, .. } => {
                live(usage, &[Calling, Called, Talking], None);
                if !self.one_of(3) {
                    self.world.act(side, |endpoint, now, out| endpoint.answer_refer(now, usage, Status(202), out));
                }
            }
            Event::ReferProgressed { usage, .. } => live(usage, &[Calling, Called, Talking], None),
            Event::Ended { usage, .. } => live(usage, &[Called, Talking], Some(Over)),
        }
    }

    fn handle_request(&mut self, side: usize, request: &sip::Request, source: &sip::Source) {
        if *request.method() == Method::Invite && !self.one_of(6) {
            let usage =
                self.world.act(side, |endpoint, now, out| endpoint.open_invite(now, request.clone(), source, out));
            self.lives[side].insert(usage, Life::Called);
        } else if *request.method() != Method::Invite && self.one_of(2) {
            let server = self.world.act(side, |endpoint, now, _| endpoint.open(now, request.clone(), source));
            self.world.act(side, |endpoint, now, out| endpoint.respond(now, server, Status(200), &[], None, out));
        } else {
            let challenge = super::world::header("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"");
            self.world.act(side, |endpoint, _, out| {
                endpoint.reply_statelessly(request, source, Status(401), &[challenge], out);
            });
        }
    }

    /// Everybody hangs up, and the network heals.
    fn finish(mut self, seed: u64) {
        self.world.network = Network::default();
        for _ in 0..40 {
            for side in [A, B] {
                self.handle_events(side);
                let ids: Vec<UsageId> = self.lives[side].keys().copied().collect();
                for usage in ids {
                    self.world.act(side, |endpoint, now, out| endpoint.bye(now, usage, None, out));
                    self.lives[side].insert(usage, Life::Over);
                }
            }
            self.world.run(4_000);
            for side in [A, B] {
                self.handle_events(side);
            }
        }
        self.world.run(310_000);
        for side in [A, B] {
            let census = self.world.sides[side].census();
            assert_eq!(
                census,
                sip::endpoint::Census::default(),
                "seed {seed} side {side}: {:#?}",
                self.world.sides[side]
            );
            assert_eq!(self.world.sides[side].next_deadline(), None);
        }
    }
}

#[test]
fn anything_may_happen_and_nothing_is_left() {
    #[expect(clippy::disallowed_methods, reason = "how long a test runs is no part of its course")]
    let n_seeds = std::env::var("SIP_CHAOS_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    for seed in 0..n_seeds {
        let mut chaos = Chaos::new(seed);
        for _ in 0..200 {
            chaos.step();
        }
        chaos.finish(seed);
    }
}

/// Patient applications on a bad network: each INVITE has exactly one final answer, heard by who sent it.
#[test]
fn each_invite_gets_exactly_one_final_answer() {
    for seed in 0..150 {
        let mut world = World::seeded(seed, Transport::Udp);
        world.network = Network { loss_percent: 20, duplicate_percent: 20, jitter_ms: 400 };
        let mut finals: BTreeMap<UsageId, u32> = BTreeMap::new();
        for _ in 0..10 {
            let invite = world.outgoing(Some(sdp("offer")));
            let usage = world.act(A, |endpoint, now, out| endpoint.invite(now, invite, out));
            finals.insert(usage, 0);
        }
        for _ in 0..3_000 {
            world.run(100);
            for event in world.events(B) {
                if let Event::Requested { request, source } = event {
                    let usage = world.act(B, |endpoint, now, out| endpoint.open_invite(now, request, &source, out));
                    match world.chance(3) {
                        0 => {
                            world.act(B, |endpoint, now, out| endpoint.refuse(now, usage, Status(486), None, &[], out))
                        }
                        1 => world.act(B, |endpoint, now, out| endpoint.accept(now, usage, &[], Some(sdp("a")), out)),
                        _ => world.act(B, |endpoint, now, out| {
                            endpoint.progress(now, usage, Status(183), &[], Some(sdp("a")), out);
                            endpoint.accept(now, usage, &[], Some(sdp("a")), out);
                        }),
                    }
                }
            }
            for event in world.events(A) {
                assert!(
                    matches!(
                        event,
                        Event::Answered { .. }
                            | Event::Refused { .. }
                            | Event::Progressed { .. }
                            | Event::OfferedEarly { .. }
                    ),
                    "seed {seed}: {}",
                    summary(&event)
                );
                #[expect(clippy::wildcard_enum_match_arm, reason = "looked at above")]
                match event {
                    Event::Answered { usage, .. } => {
                        *finals.get_mut(&usage).unwrap() += 1;
                        world.act(A, |endpoint, now, out| endpoint.acknowledge(now, usage, None, out));
                        world.act(A, |endpoint, now, out| endpoint.bye(now, usage, None, out));
                    }
                    Event::Refused { usage, .. } => *finals.get_mut(&usage).unwrap() += 1,
                    _ => {}
                }
            }
        }
        assert!(finals.values().all(|n| *n == 1), "seed {seed}: {finals:?}");
        for side in [A, B] {
            let census = world.sides[side].census();
            assert_eq!(census, sip::endpoint::Census::default(), "seed {seed} side {side}: {:#?}", world.sides[side]);
        }
    }
}
