use std::net::{IpAddr, UdpSocket};

use media::LegId;
use media::engine::Component;
use nix::sys::epoll::Epoll;
use nix::sys::epoll::EpollCreateFlags;

use server::media::ports::*;

const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

#[test]
fn every_pair_is_dealt_out_once() {
    let shares = shares(20_001..=20_101, 3);
    assert_eq!(shares.len(), 3);
    let mut all: Vec<u16> = shares.concat();
    all.sort_unstable();
    assert_eq!(all, (20_002..=20_100).step_by(2).collect::<Vec<u16>>());
}

#[test]
fn a_port_in_use_is_skipped_and_the_end_of_the_range_is_none() {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap();
    // An odd port in use takes its pair away.
    let (taken, even) = (0..100)
        .find_map(|_| {
            let socket = UdpSocket::bind((LOOPBACK, 0)).unwrap();
            let port = socket.local_addr().unwrap().port();
            (port % 2 == 1).then_some((socket, port - 1))
        })
        .unwrap();
    let free = (0..100)
        .find_map(|_| {
            let port = UdpSocket::bind((LOOPBACK, 0)).unwrap().local_addr().unwrap().port();
            (port % 2 == 0 && port != even && UdpSocket::bind((LOOPBACK, port + 1)).is_ok()).then_some(port)
        })
        .unwrap();
    let mut ports = Ports::new(LOOPBACK, vec![free, even], 10);
    assert_eq!(ports.bind(&epoll), Some(free));
    assert_eq!(ports.bind(&epoll), None);
    drop(taken);
}

#[test]
fn a_leg_has_its_pair_until_it_is_closed() {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap();
    let share = shares(41_000..=41_400, 1).remove(0);
    let mut ports = Ports::new(LOOPBACK, share, 2);
    let port = ports.bind(&epoll).unwrap();
    let leg = LegId(7);
    assert!(ports.leg(Token(0)).is_none());
    ports.open(leg, port);
    assert_eq!(ports.leg(Token(0)), Some((leg, Component::Rtp)));
    assert_eq!(ports.leg(Token(1)), Some((leg, Component::Rtcp)));
    assert_eq!(ports.socket_of(leg, Component::Rtcp).unwrap().local_addr().unwrap().port(), port + 1);
    ports.close(leg);
    assert!(ports.leg(Token(1)).is_none() && ports.socket_of(leg, Component::Rtp).is_none());
}

#[test]
fn a_pair_that_goes_to_another_thread_makes_room_for_one() {
    let epolls = [(); 2].map(|()| Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap());
    let mut share = shares(41_402..=41_801, 1).remove(0);
    let mut there = Ports::new(LOOPBACK, share.split_off(100), 1);
    let mut here = Ports::new(LOOPBACK, share, 1);
    let port = here.bind(&epolls[0]).unwrap();
    assert_eq!(here.bind(&epolls[0]), None, "one and no more");
    let leg = LegId(7);
    here.open(leg, port);
    let pair = here.give_up(leg, &epolls[0]).unwrap();
    assert!(here.give_up(leg, &epolls[0]).is_none() && here.leg(Token(0)).is_none());
    there.take_over(pair, &epolls[1]).unwrap();
    assert_eq!(there.leg(Token(1)), Some((leg, Component::Rtcp)));
    assert_eq!(there.bind(&epolls[1]), None, "the pair counts where it is");
    let next = here.bind(&epolls[0]).unwrap();
    here.open(LegId(8), next);
    assert_eq!(here.leg(Token(0)), Some((LegId(8), Component::Rtp)));
    // Free in its new place, it is opened there.
    there.close(leg);
    there.open(LegId(9), port);
    assert_eq!(there.leg(Token(0)), Some((LegId(9), Component::Rtp)));
}
