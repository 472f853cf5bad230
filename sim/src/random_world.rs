//! A world in which everybody does anything: callers, phones, administrators, and a network with faults, all from one
//! seed.

use std::time::{Duration, Instant};

use media::sdp::Direction;
use phone::apps::queue::{Announcements, NoFreeAgent, Routing, Settings, TimeoutPolicy};
use phone::apps::supervision::Mode;
use phone::people::Presence;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use switch::input::{Command, Whose};
use switch::output::Answer;

use crate::check;
use crate::demo::{self, Wishes};
use crate::network::Faults;
use crate::peer::Peer;
use crate::world::{Shows, World};

const NUMBERS: [&str; 6] =
    ["+14255550100", "+14255550101", "+14255550102", "+14255550103", "+14255550110", "+14255550999"];
const DIALLED: [&str; 9] = ["101", "102", "103", "*43", "*42", "933", "+12125551234", "+14255550110", "nonsense"];
const PEERS: [&str; 5] = ["trunk", "alice", "bob", "carol", "dan"];
const KEYS: [char; 8] = ['0', '1', '2', '3', '9', '8', '*', '#'];

/// Whether phones refuse calls and vanish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phones {
    Moody,
    Willing,
}

/// Runs `n_steps` random steps, checks after each, then lets everything end and checks that nothing is left.
/// Returns the world, for those who want to see what happened in it.
pub fn run(seed: u64, n_steps: u32) -> World {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let faults = match seed % 3 {
        0 => Faults::default(),
        1 => Faults { lost: 50, doubled: 50, delay_ms_max: 80 },
        _ => Faults { lost: 200, doubled: 100, delay_ms_max: 400 },
    };
    let wishes = Wishes { paid: seed % 4 == 1, ..wishes(&mut random) };
    let mut world = World::new(&wishes, seed, faults, Shows::Nothing);
    world.register(&["alice", "bob", "carol", "dan"]);
    let phones = if seed.is_multiple_of(2) { Phones::Willing } else { Phones::Moody };
    for name in PEERS {
        change_manners(&mut world, &mut random, name, phones);
    }
    // Their own dice: what else happens in a seed stays the same.
    let mut payers = ChaCha8Rng::seed_from_u64(seed ^ 0x5041_5945);
    let pays = seed % 4 == 1;
    if pays {
        world.till.give(1, "MCOPSTN5");
        pay(&mut world, &mut payers);
    }
    let mut supervisors = ChaCha8Rng::seed_from_u64(seed ^ 0x5355_5045);
    for _ in 0..n_steps {
        step(&mut world, &mut random, phones);
        if supervisors.random_range(0..5) == 0 {
            supervise(&mut world, &mut supervisors);
        }
        if pays && payers.random_range(0..8) == 0 {
            pay(&mut world, &mut payers);
        }
        world.run(Duration::from_millis(random.random_range(0..4_000)));
        check::always(&world);
        world.till.check();
        check::queues(&mut world);
        if phones == Phones::Willing {
            check::nobody_waits_in_vain(&mut world);
        }
    }
    end(&mut world);
    world
}

/// Money comes in or not, some or all of what calls cost is booked, and the switch is told or not.
fn pay(world: &mut World, random: &mut ChaCha8Rng) {
    if random.random_range(0..2) == 0 {
        let cents = random.random_range(1..40_u32);
        world.till.fund(&format!("0.{cents:02}"), jiff::Timestamp::UNIX_EPOCH);
    }
    if random.random_range(0..2) == 0 {
        world.till.settle();
    }
    if random.random_range(0..3) != 0 {
        world.pay();
    }
}

/// Everybody hangs up; who vanished is found out by his silence.
fn end(world: &mut World) {
    world.set_faults(Faults::default());
    for name in PEERS {
        let peer = world.peer(name);
        peer.manners.answers_after = None;
        peer.manners.refuses = Some(486);
        for _ in 0..world.peer(name).calls.len() {
            world.act(name, |peer, now| {
                if !peer.calls.is_empty() {
                    peer.hang_up(now);
                }
            });
        }
    }
    world.run_secs(400);
    world.silence_all();
    world.run_secs(400);
    check::idle(world);
}

fn wishes(random: &mut ChaCha8Rng) -> Wishes {
    let routing = match random.random_range(0..4) {
        0 => Routing::Attendant,
        1 => Routing::LongestIdle,
        2 => Routing::RoundRobin,
        _ => Routing::Serial,
    };
    Wishes {
        routing,
        agents: vec![0, 1, 2],
        queue_greeting: random.random_range(0..2) == 0,
        overflow_threshold: random.random_range(0..4),
        alert_secs: random.random_range(5..20),
        timeout_secs: random.random_range(10..90),
        presence_based: random.random_range(0..2) == 0,
        wrap_up_secs: random.random_range(0..2) * 5,
        queue: if random.random_range(0..2) == 0 { |_| {} } else { with_everything },
        trunk_calls_max: if random.random_range(0..2) == 0 { Some(6) } else { None },
        voicemail: (0..4).filter(|_| random.random_range(0..2) == 0).collect(),
        ..Wishes::default()
    }
}

/// A queue that has what queues can have and most do not.
fn with_everything(queue: &mut Settings) {
    queue.age_step_secs = Some(7);
    queue.keeps_wait_credit = true;
    queue.timeout_policy = TimeoutPolicy::FinishCurrentAlert;
    queue.offers_during_greeting = true;
    queue.announcements =
        Some(Announcements { every_secs: 4, tells_place: true, tells_wait: true, comfort: Vec::new() });
    queue.no_free_agent = Some(NoFreeAgent { after_secs: 20, exception: queue.overflow.clone() });
}

fn step(world: &mut World, random: &mut ChaCha8Rng, phones: Phones) {
    let name = PEERS[random.random_range(0..PEERS.len())];
    match random.random_range(0..26) {
        0..=4 => world.dial("trunk", NUMBERS[random.random_range(0..NUMBERS.len())]),
        5..=7 if name != "trunk" => world.dial(name, DIALLED[random.random_range(0..DIALLED.len())]),
        8 | 9 => change_manners(world, random, name, phones),
        10 | 11 => {
            let legs = world.open_legs();
            if !legs.is_empty() {
                let leg = legs[random.random_range(0..legs.len())];
                world.press_leg(leg, KEYS[random.random_range(0..KEYS.len())]);
            }
        }
        12 | 13 => world.act(name, |peer, now| {
            if !peer.calls.is_empty() {
                peer.hang_up(now);
            }
        }),
        14 | 15 => act_on_call(world, name, |peer, now| peer.reoffer(now, Direction::SendOnly)),
        16 => act_on_call(world, name, |peer, now| peer.reoffer(now, Direction::SendAndReceive)),
        17 | 18 => {
            let to = DIALLED[random.random_range(0..DIALLED.len())];
            act_on_call(world, name, |peer, now| peer.refer(now, peer.calls.len() - 1, to));
        }
        19..=21 => transfer_attended(world, random),
        22 if name != "trunk" => {
            let secs = if random.random_range(0..4) == 0 { 0 } else { 3600 };
            world.act(name, |peer, now| peer.register(now, secs));
        }
        23 => administer(world, random),
        24 if phones == Phones::Moody => {
            let peer = world.peer(name);
            peer.vanished = !peer.vanished && random.random_range(0..3) == 0;
        }
        25 if random.random_range(0..10) == 0 => world.change(&wishes(random)),
        _ => {}
    }
}

/// Somebody with a call dials a second one; or, with two, joins them.
fn transfer_attended(world: &mut World, random: &mut ChaCha8Rng) {
    let busy: Vec<&'static str> =
        PEERS[1..].iter().copied().filter(|name| world.peer(name).calls.iter().any(|call| call.answered)).collect();
    if busy.is_empty() {
        return;
    }
    let name = busy[random.random_range(0..busy.len())];
    let dialled = world.peer(name).calls.iter().rposition(|call| call.outgoing && call.answered);
    match dialled {
        Some(dialled) if world.peer(name).calls.len() > 1 => {
            let other = if dialled == 0 { 1 } else { 0 };
            world.act(name, |peer, now| peer.refer_attended(now, other, dialled));
        }
        Some(_) | None => world.dial(name, DIALLED[random.random_range(0..DIALLED.len())]),
    }
}

fn act_on_call(world: &mut World, name: &str, act: impl FnOnce(&mut Peer, Instant)) {
    if world.peer(name).calls.last().is_some_and(|call| call.answered) {
        world.act(name, act);
    }
}

fn change_manners(world: &mut World, random: &mut ChaCha8Rng, name: &str, phones: Phones) {
    let manners = &mut world.peer(name).manners;
    manners.rings = random.random_range(0..4) != 0;
    manners.early_media = random.random_range(0..4) == 0;
    manners.delays_offer = random.random_range(0..4) == 0;
    manners.refuses = match random.random_range(0..12) {
        0 => Some(486),
        1 => Some(503),
        2 => Some(603),
        3 => Some(488),
        _ => None,
    };
    if phones == Phones::Willing {
        manners.refuses = None;
    }
    manners.answers_after = match random.random_range(0..4) {
        0 => None,
        1 => Some(Duration::ZERO),
        _ => Some(Duration::from_millis(random.random_range(0..9_000))),
    };
    manners.hangs_up_after = match random.random_range(0..3) {
        0 | 1 => None,
        _ => Some(Duration::from_millis(random.random_range(0..40_000))),
    };
}

/// Somebody wants to hear a call, or to do something else in it.
fn supervise(world: &mut World, random: &mut ChaCha8Rng) {
    let tenant = demo::TENANT;
    let modes = [Mode::Listen, Mode::Whisper, Mode::Barge, Mode::TakeOver];
    if let Answer::Calls(calls) = world.command(Command::ListCalls { tenant })
        && !calls.is_empty()
    {
        let call = &calls[random.random_range(0..calls.len())];
        let known = call.supervision.as_ref().map(|there| there.supervisor);
        let supervisor = known.unwrap_or(demo::user_id(random.random_range(0..4)));
        let mode = modes[random.random_range(0..modes.len())];
        world.command(Command::Supervise { tenant, call: call.id, supervisor, agent: None, mode });
    }
}

fn administer(world: &mut World, random: &mut ChaCha8Rng) {
    let (tenant, queue) = (demo::TENANT, demo::SALES);
    let agent = demo::user_id(random.random_range(0..4));
    let presence = [Presence::Available, Presence::Busy, Presence::Away, Presence::DoNotDisturb];
    match random.random_range(0..5) {
        0 => {
            world.command(Command::OptIn { tenant, queue, agent });
        }
        1 => {
            world.command(Command::OptOut { tenant, queue, agent });
        }
        2 => {
            let presence = presence[random.random_range(0..presence.len())];
            world.command(Command::SetPresence { tenant, user: agent, presence });
        }
        3 => {
            world.command(Command::ListRegistrations { tenant, of: Whose::From { user: agent, n_more: 2 } });
        }
        _ => {
            if let Answer::Calls(calls) = world.command(Command::ListCalls { tenant })
                && !calls.is_empty()
            {
                let call = calls[random.random_range(0..calls.len())].id;
                world.command(Command::HangUp { tenant, call });
            }
        }
    }
}
